package dev.lathe.passes.fuse;

import dev.lathe.ir.ElementwiseOp.Add;
import dev.lathe.ir.MatrixOp.Linear;
import dev.lathe.ir.Value;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Rewrite;
import dev.lathe.passes.rewrite.Rule;
import java.util.Optional;

/// Adds the residual stream in the epilogue, before the one rounding. See the package's page for
/// why here and not in the norm that follows.
public final class ResidualIntoLinear implements Rule<Add> {

  @Override
  public String equation() {
    return "add(r, linear(x, w))  =>  linear(x, w, residual = r)";
  }

  @Override
  public Class<Add> root() {
    return Add.class;
  }

  @Override
  public Optional<Rewrite> apply(Add add, Match match) {
    return fuse(add.right(), add.left(), match).or(() -> fuse(add.left(), add.right(), match));
  }

  private static Optional<Rewrite> fuse(Value product, Value residual, Match match) {
    return match
        .only(product, Linear.class)
        .filter(linear -> linear.residual().isEmpty())
        .map(linear -> match.replaceWith(match.label(product), linear.withResidual(residual)));
  }
}
