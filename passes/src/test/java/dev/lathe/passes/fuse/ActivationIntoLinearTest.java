package dev.lathe.passes.fuse;

import dev.lathe.passes.RuleTester;
import org.junit.jupiter.api.Test;

class ActivationIntoLinearTest {
  private static final String BEFORE =
      """
        input %x : tensor<T x 16 x bf16>
        weight @w : tensor<32 x 16 x bf16> = tensor("w")
        weight @b : tensor<32 x bf16> = tensor("b")
        %0 = linear %x, @w {bias = @b, activation = none, result = bf16}
            : tensor<T x 32 x bf16> at l
        %1 = activate %0 {function = gelu_tanh} : tensor<T x 32 x bf16> at a
        return %1
      """;

  private final RuleTester rule = RuleTester.of(new ActivationIntoLinear());

  @Test
  void theProductIsActivatedBeforeItIsRounded() {
    rule.rewrites(
        BEFORE, "%0 = linear %x, @w {bias = @b, activation = gelu_tanh, result = bf16}\n");
  }

  @Test
  void aProductThatIsUsedElsewhereStays() {
    rule.keeps(BEFORE.replace("return %1", "return %1, %0"));
  }

  @Test
  void aProductThatIsActivatedOrScaledAlreadyStays() {
    rule.keeps(BEFORE.replace("activation = none", "activation = silu"));
    rule.keeps(BEFORE.replace("result = bf16", "result = bf16, scale = 2.0"));
  }
}
