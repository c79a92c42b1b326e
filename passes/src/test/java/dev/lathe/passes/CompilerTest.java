package dev.lathe.passes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Step;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.passes.plan.CompiledModel;
import dev.lathe.passes.plan.PlanRequest;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CompilerTest {
  private static final Manifest.Limits LIMITS = new Manifest.Limits(4, 128, 100, 64, false);

  private static CompiledModel compile(ToyModel model) {
    return Compiler.compile(model.graph(), new PlanRequest(LIMITS, 32, "cpu", Optional.empty()));
  }

  @Test
  void aLayerOfALlamaIsEightSteps() {
    CompiledModel model = compile(new ToyModel(2, 96, false, false));

    assertThat(model.plans().getLast().steps())
        .extracting(Step::name)
        .containsExactly(
            "embedding",
            "layers.0.attention.norm",
            "layers.0.attention.qkv",
            "layers.0.attention.append",
            "layers.0.attention",
            "layers.0.attention.out",
            "layers.0.mlp.norm",
            "layers.0.mlp.gate_up",
            "layers.0.mlp.down",
            "layers.1.attention.norm",
            "layers.1.attention.qkv",
            "layers.1.attention.append",
            "layers.1.attention",
            "layers.1.attention.out.rows",
            "layers.1.attention.residual.rows",
            "layers.1.attention.out",
            "layers.1.mlp.norm",
            "layers.1.mlp.gate_up",
            "layers.1.mlp.down",
            "norm",
            "lm_head",
            "adjust_logits",
            "sample");
  }

  @Test
  void theResidualStreamStaysInOneBuffer() {
    Plan plan = compile(new ToyModel(3, 96, true, true)).plans().getLast();

    assertThat(plan.steps())
        .filteredOn(step -> step.name().equals("layers.1.mlp.down"))
        .singleElement()
        .extracting(Step::op)
        .isInstanceOfSatisfying(
            StepOp.Linear.class,
            linear -> {
              assertThat(linear.residual()).contains(linear.out());
              assertThat(linear.out().name()).isEqualTo("embedding");
            });
  }
}
