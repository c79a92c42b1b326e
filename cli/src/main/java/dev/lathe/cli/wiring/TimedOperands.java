package dev.lathe.cli.wiring;

import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Buffer;
import dev.lathe.engine.v1.Ref;
import dev.lathe.passes.select.PlannedStep;
import dev.lathe.passes.select.StepContext.Operand;
import dev.lathe.runtime.cuda.StepOperand;
import dev.lathe.runtime.cuda.TimedStep;
import dev.lathe.runtime.cuda.TypicalRouting;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A planned step in the runtime's words.
final class TimedOperands {
  private final PlannedStep step;
  private final Sizes max;

  private TimedOperands(PlannedStep step) {
    this.step = step;
    this.max = step.context().profile().max();
  }

  static TimedStep of(PlannedStep step) {
    return new TimedOperands(step).timedStep();
  }

  private TimedStep timedStep() {
    Map<Ref, StepOperand> operands = new HashMap<>();
    step.context()
        .operands()
        .forEach((ref, type) -> {
          if (ref.isWeight()) {
            operands.put(ref, new StepOperand.Weight(type.dtype(), elements(type.shape())));
          }
        });
    step.buffers().forEach(buffer -> operands.put(Ref.buffer(buffer.name()), operand(buffer)));
    operands.putAll(
        TypicalRouting.operands(step.op(), ref -> step.context().operand(ref).shape(), max));
    return new TimedStep(
        step.op().getClass().getSimpleName(),
        step.context().profile().kind(),
        max,
        step.context().maxBlocksPerSequence(),
        operands);
  }

  private StepOperand operand(Buffer buffer) {
    return switch (buffer.storage()) {
      case Buffer.Storage.Arena _, Buffer.Storage.Output _ ->
          new StepOperand.Activation(buffer.dtype(), buffer.elements(max));
      case Buffer.Storage.Input(var input) -> new StepOperand.Input(input);
      case Buffer.Storage.KvCache _ -> cache(step.context().operand(Ref.buffer(buffer.name())));
    };
  }

  /// @param block one block of the cache: `(1, kvHeads, tokensPerBlock, headDim)`
  private StepOperand cache(Operand block) {
    int[] dims =
        block.shape().stream().mapToInt(dim -> Math.toIntExact(dim.evaluate(max))).toArray();
    return new StepOperand.Cache(block.dtype(), dims[1], dims[2], dims[3]);
  }

  private long elements(List<SizeExpr> shape) {
    return shape.stream().mapToLong(dim -> dim.evaluate(max)).reduce(1, Math::multiplyExact);
  }
}
