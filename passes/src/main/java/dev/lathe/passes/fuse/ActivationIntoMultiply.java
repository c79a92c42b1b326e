package dev.lathe.passes.fuse;

import dev.lathe.ir.ElementwiseOp.Activate;
import dev.lathe.ir.ElementwiseOp.Glu;
import dev.lathe.ir.ElementwiseOp.Multiply;
import dev.lathe.ir.Value;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Rewrite;
import dev.lathe.passes.rewrite.Rule;
import java.util.Optional;

/// Finds the gated activation, on either side of the product.
public final class ActivationIntoMultiply implements Rule<Multiply> {

  @Override
  public String equation() {
    return "multiply(f(g), u)  =>  glu(g, u, f)";
  }

  @Override
  public Class<Multiply> root() {
    return Multiply.class;
  }

  @Override
  public Optional<Rewrite> apply(Multiply product, Match match) {
    return glu(product.left(), product.right(), match)
        .or(() -> glu(product.right(), product.left(), match));
  }

  private static Optional<Rewrite> glu(Value activated, Value up, Match match) {
    return match
        .only(activated, Activate.class)
        .map(gate -> match.replaceWith(new Glu(gate.in(), up, gate.function())));
  }
}
