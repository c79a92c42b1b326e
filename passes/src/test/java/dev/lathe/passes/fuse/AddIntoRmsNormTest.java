package dev.lathe.passes.fuse;

import dev.lathe.passes.RuleTester;
import org.junit.jupiter.api.Test;

class AddIntoRmsNormTest {
  private static final String BEFORE =
      """
        input %x : tensor<T x 16 x bf16>
        input %h : tensor<T x 16 x bf16>
        weight @g : tensor<16 x bf16> = tensor("g")
        weight @g8 : tensor<8 x bf16> = tensor("g8")
        %0 = add %h, %x : tensor<T x 16 x bf16> at s
        %1 = rms_norm %0, @g {group = 16, epsilon = 0.1} : tensor<T x 16 x bf16> at n
        return %1, %0
      """;

  private final RuleTester rule = RuleTester.of(new AddIntoRmsNorm());

  @Test
  void fusesASumAndItsNormAndKeepsTheSumForOthers() {
    rule.rewrites(BEFORE, "%0, %1 = add_rms_norm %x, %h, @g {epsilon = 0.1}\n");
  }

  @Test
  void ofTwoNormsOfOneSumOnlyOneAdds() {
    rule.rewrites(
        BEFORE.replace(
            "return %1, %0",
            """
            %2 = rms_norm %0, @g {group = 16, epsilon = 0.2} : tensor<T x 16 x bf16> at m
            return %1, %2\
            """),
        """
        %0, %1 = add_rms_norm %x, %h, @g {epsilon = 0.1}
        %2 = rms_norm %0, @g {group = 16, epsilon = 0.2}
        """);
  }

  @Test
  void keepsANormOfParts() {
    rule.keeps(BEFORE.replace("@g {group = 16", "@g8 {group = 8"));
  }

  @Test
  void keepsANormOfNoSum() {
    rule.keeps(BEFORE.replace("add", "multiply"));
  }
}
