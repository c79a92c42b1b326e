package dev.lathe.passes.fuse;

import dev.lathe.passes.RuleTester;
import org.junit.jupiter.api.Test;

class ResidualIntoLinearTest {
  private static final String BEFORE =
      """
        input %x : tensor<T x 16 x bf16>
        input %h : tensor<T x 32 x bf16>
        weight @w : tensor<32 x 16 x bf16> = tensor("w")
        weight @v : tensor<64 x 16 x bf16> = tensor("v")
        %0 = linear %x, @w {activation = none, result = bf16} : tensor<T x 32 x bf16> at a.out
        %1 = add %h, %0 : tensor<T x 32 x bf16> at a.residual
        return %1
      """;
  private static final String AFTER =
      "%0 = linear %x, @w {residual = %h, activation = none, result = bf16}\n";

  private final RuleTester rule = RuleTester.of(new ResidualIntoLinear());

  @Test
  void fusesAProductOnTheRight() {
    rule.rewrites(BEFORE, AFTER);
  }

  @Test
  void fusesAProductOnTheLeft() {
    rule.rewrites(BEFORE.replace("%h, %0", "%0, %h"), AFTER);
  }

  @Test
  void keepsAProductWithAnotherUser() {
    rule.keeps(BEFORE.replace("return %1", "return %1, %0"));
  }

  @Test
  void keepsAProductAddedToItself() {
    rule.keeps(BEFORE.replace("%h, %0", "%0, %0"));
  }

  @Test
  void theResidualIsAddedAfterActivationAndScale() {
    rule.rewrites(
        BEFORE.replace("@w {activation = none", "@v {scale = 2.0, activation = swiglu_interleaved"),
        "%0 = linear %x, @v {residual = %h, activation = swiglu_interleaved, result = bf16,"
            + " scale = 2.0}\n");
  }

  @Test
  void keepsAProductThatHasAResidual() {
    rule.keeps(BEFORE.replace("@w {", "@w {residual = %h, "));
  }
}
