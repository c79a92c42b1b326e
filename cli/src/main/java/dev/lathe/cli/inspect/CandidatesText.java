package dev.lathe.cli.inspect;

import dev.lathe.cli.wiring.KernelToolchain;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Buffer;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Operands;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.Step;
import dev.lathe.engine.v1.WeightEntry;
import dev.lathe.passes.select.CandidateCatalog.Candidates;
import dev.lathe.passes.select.KernelCandidate;
import dev.lathe.passes.select.StepContext;
import dev.lathe.passes.select.StepContext.Operand;
import dev.lathe.passes.tune.ProblemText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The kernels that could carry out a step, and the templates that refuse it and why: what the
/// engine tells of its choice; where it tells nothing, what this version's templates say.
final class CandidatesText {
  private static final int SHOWN = 5;

  private final EngineContents engine;
  private final Manifest manifest;

  CandidatesText(EngineContents engine) {
    this.engine = engine;
    this.manifest = engine.manifest();
  }

  List<String> lines(Plan plan, Step step) {
    StepContext context = context(plan, step);
    String problem = ProblemText.of(step.op(), context);
    return engine.choices().stream()
        .filter(choice -> choice.problem().equals(problem))
        .findFirst()
        .map(ChoiceText::lines)
        .orElseGet(() -> lines(step, context));
  }

  private static List<String> lines(Step step, StepContext context) {
    Candidates candidates = KernelToolchain.templates().candidates(step.op(), context);
    List<KernelCandidate> sorted =
        candidates.all().stream()
            .sorted(Comparator.comparingDouble(KernelCandidate::estimatedMicros))
            .toList();
    List<String> lines = new ArrayList<>();
    sorted.stream().limit(SHOWN).forEach(candidate -> lines.add(line(candidate)));
    if (sorted.size() > SHOWN) {
      lines.add("  candidate " + (sorted.size() - SHOWN) + " more, expected to be slower");
    }
    candidates.refusals().forEach(refusal -> lines.add("  refused   " + refusal));
    return lines;
  }

  private static String line(KernelCandidate candidate) {
    return String.format(
        Locale.ROOT,
        "  candidate %s, expected to take %.1f us",
        ChoiceText.label(candidate.template(), candidate.config()),
        candidate.estimatedMicros());
  }

  private StepContext context(Plan plan, Step step) {
    Map<Ref, Operand> operands = new HashMap<>();
    for (Ref ref : Operands.of(step.op())) {
      operands.put(
          ref, ref.isWeight() ? weight(ref.weightName()) : buffer(plan.buffer(ref.name())));
    }
    return new StepContext(
        step.name(),
        plan.profile(),
        manifest.target(),
        operands,
        manifest.kvCache().maxBlocksPerSequence(manifest.limits()));
  }

  private Operand weight(String name) {
    WeightEntry entry =
        manifest.weights().stream()
            .filter(weight -> weight.name().equals(name))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("no weight " + name));
    return operand(entry.dtype(), entry.shape());
  }

  private Operand buffer(Buffer buffer) {
    Manifest.KvCache cache = manifest.kvCache();
    return buffer.storage() instanceof Buffer.Storage.KvCache
        ? operand(
            buffer.dtype(),
            List.of(
                1L, (long) cache.heads(), (long) cache.tokensPerBlock(), (long) cache.headDim()))
        : new Operand(buffer.dtype(), buffer.shape());
  }

  private static Operand operand(DType dtype, List<Long> shape) {
    return new Operand(dtype, shape.stream().map(SizeExpr::of).toList());
  }
}
