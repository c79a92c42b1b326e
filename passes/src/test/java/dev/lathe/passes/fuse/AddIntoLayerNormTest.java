package dev.lathe.passes.fuse;

import dev.lathe.passes.RuleTester;
import org.junit.jupiter.api.Test;

class AddIntoLayerNormTest {
  private static final String BEFORE =
      """
        input %x : tensor<T x 16 x bf16>
        input %r : tensor<T x 16 x bf16>
        weight @g : tensor<16 x bf16> = tensor("g")
        weight @b : tensor<16 x bf16> = tensor("b")
        %0 = add %r, %x : tensor<T x 16 x bf16> at add
        %1 = layer_norm %0, @g {bias = @b, epsilon = 1.0E-5} : tensor<T x 16 x bf16> at norm
        return %1, %0
      """;

  private final RuleTester rule = RuleTester.of(new AddIntoLayerNorm());

  @Test
  void theNormAddsAndTheSumKeepsItsUsers() {
    rule.rewrites(BEFORE, "%0, %1 = add_layer_norm %x, %r, @g {bias = @b, epsilon = 1.0E-5}\n");
  }

  @Test
  void aNormOfAnythingElseStays() {
    rule.keeps(BEFORE.replace("add %r, %x", "multiply %r, %x"));
  }
}
