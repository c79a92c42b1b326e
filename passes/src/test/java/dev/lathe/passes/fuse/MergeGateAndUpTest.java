package dev.lathe.passes.fuse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.ir.Graph;
import dev.lathe.passes.RuleTester;
import org.junit.jupiter.api.Test;

class MergeGateAndUpTest {
  private static final String BEFORE =
      """
        input %x : tensor<T x 16 x bf16>
        input %y : tensor<T x 16 x bf16>
        weight @mlp.gate : tensor<24 x 16 x bf16> = tensor("g")
        weight @mlp.up : tensor<24 x 16 x bf16> = tensor("u")
        weight @mlp.up.bias : tensor<24 x bf16> = tensor("b")
        %0 = linear %x, @mlp.gate {activation = none, result = bf16}
            : tensor<T x 24 x bf16> at mlp.gate
        %1 = linear %x, @mlp.up {activation = none, result = bf16} : tensor<T x 24 x bf16> at mlp.up
        %2 = glu %0, %1 {function = silu} : tensor<T x 24 x bf16> at mlp.product
        return %2
      """;

  private final RuleTester rule = RuleTester.of(new MergeGateAndUp());

  @Test
  void alternatesRowsInBlocksOfEight() {
    Graph after = rule.apply(BEFORE, true);

    assertThat(RuleTester.weights(after))
        .containsEntry("mlp.gate_up", "interleave(tensor(\"g\"), tensor(\"u\"), 8)")
        .hasSize(1);
    rule.rewrites(
        BEFORE, "%0 = linear %x, @mlp.gate_up {activation = swiglu_interleaved, result = bf16}\n");
  }

  @Test
  void putsHalvesSideBySideWhereColumnsDoNotDivideByEight() {
    String before = BEFORE.replace("24", "20");

    assertThat(RuleTester.weights(rule.apply(before, true)))
        .containsEntry("mlp.gate_up", "concat(0, [tensor(\"g\"), tensor(\"u\")])");
    rule.rewrites(
        before,
        """
        %0 = linear %x, @mlp.gate_up {activation = none, result = bf16}
        %1 = swiglu_halves %0
        """);
  }

  @Test
  void everyGateWithAnEpilogueIsMerged() {
    rule.rewrites(
        BEFORE.replace("silu", "gelu_tanh"),
        "%0 = linear %x, @mlp.gate_up {activation = geglu_tanh_interleaved, result = bf16}\n");
    rule.rewrites(
        BEFORE.replace("silu", "gelu"),
        "%0 = linear %x, @mlp.gate_up {activation = geglu_interleaved, result = bf16}\n");
  }

  @Test
  void keepsAGateThatNoStepHas() {
    rule.keeps(BEFORE.replace("silu", "relu"));
    rule.keeps(BEFORE.replace("silu", "gelu").replace("24", "20"));
  }

  @Test
  void aMissingBiasIsZeros() {
    String before = BEFORE.replace("@mlp.up {", "@mlp.up {bias = @mlp.up.bias, ");

    assertThat(RuleTester.weights(rule.apply(before, true)))
        .containsEntry("mlp.gate_up.bias", "interleave(fill(bf16, [24], 0.0), tensor(\"b\"), 8)");
  }

  @Test
  void keepsProjectionsOfDifferentInputs() {
    rule.keeps(BEFORE.replace("%x, @mlp.up", "%y, @mlp.up"));
  }

  @Test
  void keepsAProjectionWithAnotherUser() {
    rule.keeps(BEFORE.replace("return %2", "return %2, %1"));
  }

  @Test
  void keepsAProjectionWithAResidual() {
    rule.keeps(
        BEFORE
            .replace("input %y : tensor<T x 16 ", "input %y : tensor<T x 24 ")
            .replace("@mlp.up {", "@mlp.up {residual = %y, "));
  }
}
