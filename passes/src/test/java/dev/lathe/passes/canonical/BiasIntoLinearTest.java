package dev.lathe.passes.canonical;

import dev.lathe.passes.RuleTester;
import org.junit.jupiter.api.Test;

class BiasIntoLinearTest {
  private static final String LEAVES =
      """
        input %x : tensor<T x 16 x bf16>
        weight @w : tensor<32 x 16 x bf16> = tensor("w")
        weight @b : tensor<32 x bf16> = tensor("b")
      """;
  private static final String LINEAR =
      "%0 = linear %x, @w {activation = none, result = bf16} : tensor<T x 32 x bf16> at a\n";
  private static final String ADD = "%1 = add_bias %0, @b : tensor<T x 32 x bf16> at b\n";

  private final RuleTester rule = RuleTester.of(new BiasIntoLinear());

  @Test
  void foldsABiasIntoTheLinearOpBeforeIt() {
    rule.rewrites(
        LEAVES + LINEAR + ADD + "return %1\n",
        "%0 = linear %x, @w {bias = @b, activation = none, result = bf16}\n");
  }

  @Test
  void keepsAProductThatIsAlsoUsedWithoutTheBias() {
    rule.keeps(LEAVES + LINEAR + ADD + "return %1, %0\n");
  }

  @Test
  void keepsABiasAfterAnotherBias() {
    rule.keeps(LEAVES + LINEAR.replace("{", "{bias = @b, ") + ADD + "return %1\n");
  }

  @Test
  void keepsABiasAfterAnActivation() {
    rule.keeps(LEAVES + LINEAR.replace("none", "silu") + ADD + "return %1\n");
  }
}
