package dev.lathe.passes.fuse;

import dev.lathe.ir.ElementwiseOp.Activate;
import dev.lathe.ir.MatrixOp.Activation;
import dev.lathe.ir.MatrixOp.Linear;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Rewrite;
import dev.lathe.passes.rewrite.Rule;
import java.util.Optional;

/// Activates in the epilogue, before the one rounding. Gates are merged earlier, see
/// [MergeGateAndUp].
public final class ActivationIntoLinear implements Rule<Activate> {

  @Override
  public String equation() {
    return "f(linear(x, w))  =>  linear(x, w, f)";
  }

  @Override
  public Class<Activate> root() {
    return Activate.class;
  }

  @Override
  public Optional<Rewrite> apply(Activate activate, Match match) {
    return match
        .only(activate.in(), Linear.class)
        .filter(Linear::isPlain)
        .map(linear -> rewrite(linear, activate, match));
  }

  private static Rewrite rewrite(Linear linear, Activate activate, Match match) {
    Linear activated = linear.withActivation(Activation.of(activate.function()));
    return match.replaceWith(match.label(activate.in()), activated);
  }
}
