package dev.lathe.passes.fuse;

import dev.lathe.ir.ElementwiseOp.Multiply;
import dev.lathe.ir.ElementwiseOp.Silu;
import dev.lathe.ir.ElementwiseOp.SwiGlu;
import dev.lathe.ir.Value;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Rewrite;
import dev.lathe.passes.rewrite.Rule;
import java.util.Optional;

/// Finds the gated activation, on either side of the product.
public final class SiluIntoMultiply implements Rule<Multiply> {

  @Override
  public String equation() {
    return "multiply(silu(g), u)  =>  swiglu(g, u)";
  }

  @Override
  public Class<Multiply> root() {
    return Multiply.class;
  }

  @Override
  public Optional<Rewrite> apply(Multiply product, Match match) {
    return swiGlu(product.left(), product.right(), match)
        .or(() -> swiGlu(product.right(), product.left(), match));
  }

  private static Optional<Rewrite> swiGlu(Value activated, Value up, Match match) {
    return match
        .only(activated, Silu.class)
        .map(silu -> match.replaceWith(new SwiGlu(silu.in(), up)));
  }
}
