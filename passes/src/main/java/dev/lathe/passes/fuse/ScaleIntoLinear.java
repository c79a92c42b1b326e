package dev.lathe.passes.fuse;

import dev.lathe.ir.ElementwiseOp.Scale;
import dev.lathe.ir.MatrixOp.Linear;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Rewrite;
import dev.lathe.passes.rewrite.Rule;
import java.util.Optional;

/// Scales in the epilogue, before the one rounding.
public final class ScaleIntoLinear implements Rule<Scale> {

  @Override
  public String equation() {
    return "c * linear(x, w)  =>  linear(x, w, scale = c)";
  }

  @Override
  public Class<Scale> root() {
    return Scale.class;
  }

  @Override
  public Optional<Rewrite> apply(Scale scale, Match match) {
    return match
        .only(scale.in(), Linear.class)
        .filter(linear -> linear.scale() == 1 && linear.residual().isEmpty())
        .map(
            linear -> match.replaceWith(match.label(scale.in()), linear.withScale(scale.factor())));
  }
}
