package dev.lathe.passes.fuse;

import dev.lathe.passes.RuleTester;
import org.junit.jupiter.api.Test;

class ActivationIntoMultiplyTest {
  private static final String BEFORE =
      """
        input %g : tensor<T x 16 x bf16>
        input %u : tensor<T x 16 x bf16>
        %0 = activate %g {function = silu} : tensor<T x 16 x bf16> at s
        %1 = multiply %0, %u : tensor<T x 16 x bf16> at m
        return %1
      """;

  private final RuleTester rule = RuleTester.of(new ActivationIntoMultiply());

  @Test
  void fusesAnActivationOnTheLeft() {
    rule.rewrites(BEFORE, "%0 = glu %g, %u {function = silu}\n");
  }

  @Test
  void fusesAnActivationOnTheRight() {
    rule.rewrites(BEFORE.replace("%0, %u", "%u, %0"), "%0 = glu %g, %u {function = silu}\n");
  }

  @Test
  void keepsAnActivationWithAnotherUser() {
    rule.keeps(BEFORE.replace("return %1", "return %1, %0"));
  }

  @Test
  void keepsASquareOfAnActivation() {
    rule.keeps(BEFORE.replace("%0, %u", "%0, %0"));
  }

  @Test
  void keepsAProductWithoutActivation() {
    rule.keeps(BEFORE.replace("multiply %0", "multiply %g"));
  }
}
