package dev.lathe.passes.tune;

import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.KernelEntry;
import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.passes.select.CandidateCatalog;
import dev.lathe.passes.select.KernelCandidate;
import dev.lathe.passes.select.Lowering;
import dev.lathe.passes.select.Lowering.KernelSource;
import dev.lathe.passes.select.StepContext;
import java.util.List;
import java.util.Map;

/// Linear steps have the given candidates, all others one.
record ListedCandidates(List<Listed> linear, String text) implements CandidateCatalog {
  ListedCandidates(Listed... linear) {
    this(List.of(linear), "text");
  }

  /// The same candidates, of templates that emit other text.
  ListedCandidates emitting(String other) {
    return new ListedCandidates(linear, other);
  }

  /// A candidate that is expected to take so long.
  record Listed(String template, String config, double micros) {}

  private record Found(Listed listed, String text) implements KernelCandidate {
    @Override
    public String template() {
      return listed.template;
    }

    @Override
    public String config() {
      return listed.config;
    }

    @Override
    public double estimatedMicros() {
      return listed.micros;
    }

    @Override
    public Lowering lower() {
      String name = listed.template + listed.config.replace("=", "");
      KernelEntry entry = new KernelEntry(name, listed.template, Map.of(), 32, 0, false, false);
      SizeExpr one = SizeExpr.of(1);
      return new Lowering(
          List.of(new KernelSource(entry, text + " of " + name)),
          List.of(new Launch(name, one, one, one, List.of())),
          List.of());
    }
  }

  @Override
  public Candidates candidates(StepOp op, StepContext context) {
    List<Listed> listed =
        op instanceof StepOp.Linear
            ? linear
            : List.of(new Listed(op.getClass().getSimpleName(), "", 1));
    return new Candidates(
        listed.stream().<KernelCandidate>map(one -> new Found(one, text)).toList(),
        List.of("never: refuses all"));
  }

  @Override
  public Lowering lower(StepOp op, StepContext context) {
    return candidates(op, context).all().getFirst().lower();
  }
}
