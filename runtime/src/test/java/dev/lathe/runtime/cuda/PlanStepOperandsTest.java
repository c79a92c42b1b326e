package dev.lathe.runtime.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.BatchInput;
import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.Launch.Argument;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.Step;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.runtime.LlamaImage;
import dev.lathe.runtime.LlamaShape;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanStepOperandsTest {
  private final LlamaImage image = new LlamaImage(LlamaShape.TINY, 1);
  private final Plan plan = image.plans().getFirst();

  private PlanStepOperands operands(Class<? extends StepOp> op, Ref... launched) {
    Step plain =
        plan.steps().stream().filter(step -> op.isInstance(step.op())).findFirst().orElseThrow();
    List<Argument> arguments = new ArrayList<>();
    for (Ref ref : launched) {
      arguments.add(new Argument.Pointer(ref));
    }
    SizeExpr one = SizeExpr.of(1);
    Step step =
        new Step(plain.name(), plain.op(), List.of(new Launch("k", one, one, one, arguments)));
    return new PlanStepOperands(image.manifest(), plan, step);
  }

  @Test
  void weightsAndActivationsHaveTheirTypesAndGreatestSizes() {
    TimedStep step = operands(StepOp.Linear.class).timedStep(new Sizes(2, 2, 2), 50);

    assertThat(step.operands())
        .containsEntry(Ref.weight("layers.0.qkv"), new StepOperand.Weight(DType.F32, 32 * 16))
        .containsEntry(Ref.buffer("normed"), new StepOperand.Activation(DType.F32, 8 * 16))
        .containsEntry(Ref.buffer("qkv"), new StepOperand.Activation(DType.F32, 8 * 32))
        .hasSize(3);
    assertThat(step.context()).isEqualTo(50);
    assertThat(step.max()).isEqualTo(new Sizes(2, 2, 2));
    assertThat(step.maxBlocksPerSequence()).isEqualTo(24);
  }

  @Test
  void cachesAndInputsAreKnownAsSuch() {
    TimedStep step = operands(StepOp.PagedAttention.class).timedStep(new Sizes(2, 2, 2), 50);

    assertThat(step.operands())
        .containsEntry(Ref.buffer("keys.0"), new StepOperand.Cache(DType.F32, 1, 4, 8))
        .containsEntry(Ref.buffer("block_tables"), new StepOperand.Input(BatchInput.BLOCK_TABLES));
  }

  @Test
  void whatOnlyAKernelKnowsOfIsItsWorkspaceOrAnotherInput() {
    PlanStepOperands found =
        operands(
            StepOp.Linear.class,
            Ref.buffer("qkv"),
            Ref.buffer("inner"),
            Ref.buffer("context_lengths"));

    assertThat(found.workspaceBytes()).containsOnlyKeys("inner").containsValue(8 * 24 * 4L);
    assertThat(found.timedStep(new Sizes(2, 2, 2), 50).operands())
        .containsKey(Ref.buffer("context_lengths"));
  }
}
