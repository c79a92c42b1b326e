package dev.lathe.passes.fuse;

import dev.lathe.engine.weight.WeightExpr;
import dev.lathe.ir.ActivationFunction;
import dev.lathe.ir.ElementwiseOp.Glu;
import dev.lathe.ir.ElementwiseOp.SwiGluHalves;
import dev.lathe.ir.MatrixOp.Activation;
import dev.lathe.ir.MatrixOp.Linear;
import dev.lathe.ir.Value;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Rewrite;
import dev.lathe.passes.rewrite.Rule;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// One projection for both, with the activation in its epilogue: rows of the two weights alternate
/// in blocks of 8, so that a thread that holds columns of gate also holds those of up. Where the
/// columns do not divide by 8, the weights lie one after the other, and the activation is a step of
/// its own, if there is a step for the function.
public final class MergeGateAndUp implements Rule<Glu> {
  private static final int BLOCK = 8;

  @Override
  public String equation() {
    return "glu(linear(x, wg), linear(x, wu), f)  =>  linear(x, interleave(wg, wu), f(gate) * up)";
  }

  @Override
  public Class<Glu> root() {
    return Glu.class;
  }

  @Override
  public Optional<Rewrite> apply(Glu glu, Match match) {
    Optional<Linear> gate = match.only(glu.gate(), Linear.class);
    Optional<Linear> up = match.only(glu.up(), Linear.class);
    if (gate.isEmpty() || up.isEmpty()) {
      return Optional.empty();
    }
    WeightParts parts = new WeightParts("gate_up", List.of(gate.get(), up.get()));
    boolean interleaves = interleaves(glu, gate.get());
    return parts.canMerge() && (interleaves || glu.function() == ActivationFunction.SILU)
        ? Optional.of(merge(glu, gate.get(), parts, match))
        : Optional.empty();
  }

  private static boolean interleaves(Glu glu, Linear gate) {
    return WeightParts.rows(gate) % BLOCK == 0 && Activation.gated(glu.function()).isPresent();
  }

  private static Rewrite merge(Glu glu, Linear gate, WeightParts parts, Match match) {
    String label = WeightParts.sibling(match.label(glu.gate()), "gate_up");
    if (interleaves(glu, gate)) {
      Function<List<WeightExpr>, WeightExpr> interleave =
          both -> new WeightExpr.Interleave(both.get(0), both.get(1), BLOCK);
      Activation activation = Activation.gated(glu.function()).orElseThrow();
      Linear linear = linear(gate, parts, interleave, activation);
      return match.replaceWith(label, linear);
    }
    Linear linear = linear(gate, parts, both -> new WeightExpr.Concat(0, both), Activation.NONE);
    Rewrite rewrite = match.rewrite();
    Value halves = rewrite.emit(label, linear);
    return rewrite.replace(match.result(), rewrite.emit(match.label(), new SwiGluHalves(halves)));
  }

  private static Linear linear(
      Linear gate,
      WeightParts parts,
      Function<List<WeightExpr>, WeightExpr> merge,
      Activation activation) {
    return new Linear(
        gate.in(),
        parts.weight(merge),
        parts.bias(merge),
        Optional.empty(),
        activation,
        gate.result(),
        1);
  }
}
