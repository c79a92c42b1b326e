package dev.lathe.passes.fuse;

import dev.lathe.passes.RuleTester;
import org.junit.jupiter.api.Test;

class ResidualIntoExpertsTest {
  private static final String ATTRIBUTES =
      "top_k = 2, normalise = true, activation = swiglu_interleaved}";
  private static final String BEFORE =
      """
        input %x : tensor<T x 16 x bf16>
        input %h : tensor<T x 16 x bf16>
        input %l : tensor<T x 4 x f32>
        weight @w : tensor<4 x 64 x 16 x bf16> = fill(bf16, [4, 64, 16], 0.0)
        weight @v : tensor<4 x 16 x 32 x bf16> = fill(bf16, [4, 16, 32], 0.0)
        %0 = experts %x, %l, @w, @v {
      """
              .stripTrailing()
          + ATTRIBUTES
          + """
           : tensor<T x 16 x bf16> at mlp
            %1 = add %h, %0 : tensor<T x 16 x bf16> at mlp.residual
            return %1
          """;
  private static final String AFTER =
      "%0 = experts %x, %l, @w, @v {residual = %h, " + ATTRIBUTES + "\n";

  private final RuleTester rule = RuleTester.of(new ResidualIntoExperts());

  @Test
  void fusesAResultOnTheRight() {
    rule.rewrites(BEFORE, AFTER);
  }

  @Test
  void fusesAResultOnTheLeft() {
    rule.rewrites(BEFORE.replace("%h, %0", "%0, %h"), AFTER);
  }

  @Test
  void keepsAResultWithAnotherUser() {
    rule.keeps(BEFORE.replace("return %1", "return %1, %0"));
  }

  @Test
  void keepsAResultThatHasAResidual() {
    rule.keeps(BEFORE.replace("@v {", "@v {residual = %h, "));
  }
}
