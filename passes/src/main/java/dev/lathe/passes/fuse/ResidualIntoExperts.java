package dev.lathe.passes.fuse;

import dev.lathe.ir.ElementwiseOp.Add;
import dev.lathe.ir.MoeOp.Experts;
import dev.lathe.ir.Value;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Rewrite;
import dev.lathe.passes.rewrite.Rule;
import java.util.Optional;

/// Adds the residual stream where the results of a row's experts are summed, before the one
/// rounding.
public final class ResidualIntoExperts implements Rule<Add> {

  @Override
  public String equation() {
    return "add(r, experts(x, l, w, v))  =>  experts(x, l, w, v, residual = r)";
  }

  @Override
  public Class<Add> root() {
    return Add.class;
  }

  @Override
  public Optional<Rewrite> apply(Add add, Match match) {
    return fuse(add.right(), add.left(), match).or(() -> fuse(add.left(), add.right(), match));
  }

  private static Optional<Rewrite> fuse(Value sum, Value residual, Match match) {
    return match
        .only(sum, Experts.class)
        .filter(experts -> experts.residual().isEmpty())
        .map(experts -> match.replaceWith(match.label(sum), experts.withResidual(residual)));
  }
}
