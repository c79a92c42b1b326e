package dev.lathe.passes.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.BatchInput;
import dev.lathe.engine.v1.Buffer;
import dev.lathe.engine.v1.Buffer.Storage;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Step;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.ir.AttentionSpec;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Heads;
import dev.lathe.ir.ModelBuilder;
import dev.lathe.ir.Value;
import dev.lathe.passes.Compiler;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EncoderPlanTest {
  private static final Heads HEADS = new Heads(2, 2, 16);

  private static Graph graph() {
    ModelBuilder model = ModelBuilder.withRandomWeights(DType.BF16, 3);
    Value types = model.weight("types", "types.weight", 3, 32);
    Value h =
        model.add(
            "sum",
            model.embedding("words", "words.weight", 50, 32),
            model.typeEmbedding("t", types));
    Value qkv = model.linear("qkv", h, "qkv", 96, true);
    Value context =
        model.attention(
            "attention",
            model.sliceColumns("q", qkv, 0, 32),
            model.sliceColumns("k", qkv, 32, 64),
            model.sliceColumns("v", qkv, 64, 96),
            AttentionSpec.full(HEADS).inBothDirections());
    model.activations(model.layerNorm("norm", model.add("residual", h, context), "norm", 1e-12f));
    return model.build();
  }

  @Test
  void anEncoderGivesItsLastActivationsInFloat32AndChoosesNoTokens() {
    var limits = new Manifest.Limits(4, 64, 32, 32, true);
    CompiledModel compiled =
        Compiler.compile(graph(), new PlanRequest(limits, 16, "cpu", Optional.empty()));

    assertThat(compiled.plans()).hasSize(2).allSatisfy(EncoderPlanTest::isOfAnEncoder);
  }

  private static void isOfAnEncoder(Plan plan) {
    assertThat(plan.steps())
        .extracting(Step::op)
        .noneMatch(op -> op instanceof StepOp.Sample || op instanceof StepOp.AdjustLogits)
        .anyMatch(op -> op instanceof StepOp.PagedAttention attention && !attention.causal())
        .last()
        .isInstanceOf(StepOp.Unary.class);
    Buffer rows = plan.buffer("logits");
    assertThat(rows.dtype()).isEqualTo(DType.F32);
    assertThat(rows.shape().getLast().text()).isEqualTo("32");
    assertThat(plan.buffer("token_types").storage())
        .isEqualTo(new Storage.Input(BatchInput.TOKEN_TYPES));
  }

  @Test
  void whatAGraphTellsOfItsTokens() {
    assertThat(graph().isEncoder()).isTrue();
    assertThat(graph().tokenTypes()).isEqualTo(3);
  }
}
