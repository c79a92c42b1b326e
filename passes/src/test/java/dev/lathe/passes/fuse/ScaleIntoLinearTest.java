package dev.lathe.passes.fuse;

import dev.lathe.passes.RuleTester;
import org.junit.jupiter.api.Test;

class ScaleIntoLinearTest {
  private static final String BEFORE =
      """
        input %x : tensor<T x 16 x bf16>
        input %r : tensor<T x 32 x bf16>
        weight @w : tensor<32 x 16 x bf16> = tensor("w")
        %0 = linear %x, @w {activation = none, result = bf16} : tensor<T x 32 x bf16> at l
        %1 = scale %0 {factor = 0.22} : tensor<T x 32 x bf16> at s
        %2 = add %r, %1 : tensor<T x 32 x bf16> at a
        return %2
      """;

  private final RuleTester rule = RuleTester.of(new ScaleIntoLinear());

  @Test
  void theProductIsScaledBeforeItIsRounded() {
    rule.rewrites(
        BEFORE,
        """
        %0 = linear %x, @w {activation = none, result = bf16, scale = 0.22}
        %1 = add %r, %0
        """);
  }

  @Test
  void aProductThatIsUsedElsewhereStays() {
    rule.keeps(BEFORE.replace("return %2", "return %2, %0"));
  }

  @Test
  void aProductWithAResidualOrAScaleStays() {
    rule.keeps(BEFORE.replace("{activation", "{residual = %r, activation"));
    rule.keeps(BEFORE.replace("result = bf16", "result = bf16, scale = 2.0"));
  }
}
