package dev.lathe.runtime.cuda;

import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Buffer;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Operands;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.Step;
import dev.lathe.engine.v1.WeightEntry;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/// What a step reads and writes, as far as a measurement imitates it. Buffers have their greatest
/// sizes, as tensor maps reach so far.
final class PlanStepOperands {
  private final Manifest manifest;
  private final Plan plan;
  private final Step step;
  private final Map<Ref, StepOperand> operands = new HashMap<>();
  private final Map<String, Long> workspaceBytes = new HashMap<>();

  PlanStepOperands(Manifest manifest, Plan plan, Step step) {
    this.manifest = manifest;
    this.plan = plan;
    this.step = step;
    Operands.of(step.op()).forEach(ref -> operands.put(ref, operand(ref)));
    operands.putAll(
        TypicalRouting.operands(
            step.op(), ref -> plan.buffer(ref.name()).shape(), plan.profile().max()));
    Set<Ref> others = new LinkedHashSet<>();
    step.launches().forEach(launch -> launch.refs().forEach(others::add));
    others.removeAll(operands.keySet());
    others.forEach(this::addOther);
  }

  /// What only the kernels know of: as a rule the workspace of the step.
  private void addOther(Ref ref) {
    if (!ref.isWeight() && plan.buffer(ref.name()).storage() instanceof Buffer.Storage.Arena) {
      workspaceBytes.put(ref.name(), plan.buffer(ref.name()).bytes(plan.profile().max()));
    } else {
      operands.put(ref, operand(ref));
    }
  }

  private StepOperand operand(Ref ref) {
    if (ref.isWeight()) {
      WeightEntry weight =
          manifest.weights().stream()
              .filter(entry -> entry.name().equals(ref.weightName()))
              .findFirst()
              .orElseThrow(() -> new IllegalStateException("the engine has no weight " + ref));
      long elements = weight.shape().stream().reduce(1L, Math::multiplyExact);
      return new StepOperand.Weight(weight.dtype(), elements);
    }
    Buffer buffer = plan.buffer(ref.name());
    return switch (buffer.storage()) {
      case Buffer.Storage.Arena _, Buffer.Storage.Output _ ->
          new StepOperand.Activation(buffer.dtype(), buffer.elements(plan.profile().max()));
      case Buffer.Storage.Input(var input) -> new StepOperand.Input(input);
      case Buffer.Storage.KvCache _ -> cache(manifest.kvCache());
    };
  }

  private static StepOperand cache(Manifest.KvCache cache) {
    return new StepOperand.Cache(
        cache.dtype(), cache.heads(), cache.tokensPerBlock(), cache.headDim());
  }

  TimedStep timedStep(Sizes sizes, int contextTokens) {
    return new TimedStep(
        step.op().getClass().getSimpleName(),
        plan.profile().kind(),
        sizes,
        contextTokens,
        manifest.kvCache().maxBlocksPerSequence(manifest.limits()),
        operands);
  }

  Map<String, Long> workspaceBytes() {
    return workspaceBytes;
  }
}
