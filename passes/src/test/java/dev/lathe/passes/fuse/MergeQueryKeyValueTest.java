package dev.lathe.passes.fuse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.passes.RuleTester;
import org.junit.jupiter.api.Test;

class MergeQueryKeyValueTest {
  private static final String BEFORE =
      """
        input %x : tensor<T x 16 x bf16>
        input %y : tensor<T x 16 x bf16>
        input %positions : tensor<T x i32>
        cache %kv.0.keys : tensor<K x 1 x 8 x bf16>
        cache %kv.0.values : tensor<K x 1 x 8 x bf16>
        weight @a.q : tensor<16 x 16 x bf16> = tensor("q")
        weight @a.k : tensor<8 x 16 x bf16> = tensor("k")
        weight @a.v : tensor<8 x 16 x bf16> = tensor("v")
        weight @a.v.bias : tensor<8 x bf16> = tensor("b")
        weight @a.n : tensor<8 x bf16> = tensor("n")
        weight @t : tensor<64 x 8 x f32> = rotary_table(64, [1.0, 0.5, 0.25, 0.125], 1.0)
        %0 = linear %x, @a.q {activation = none, result = bf16} : tensor<T x 16 x bf16> at a.q
        %1 = linear %x, @a.k {activation = none, result = bf16} : tensor<T x 8 x bf16> at a.k
        %2 = linear %x, @a.v {activation = none, result = bf16} : tensor<T x 8 x bf16> at a.v
        %3 = rms_norm %0, @a.n {group = 8, epsilon = 0.1} : tensor<T x 16 x bf16> at a.n
        %4 = rope %3, %positions, @t {head_dim = 8, interleaved = true}
            : tensor<T x 16 x bf16> at a.r
        %5, %6 = kv_append %1, %2, %kv.0.keys, %kv.0.values
            : tensor<K x 1 x 8 x bf16>, tensor<K x 1 x 8 x bf16> at a.append
        %7 = paged_attention %4, %5, %6 {heads = heads(2, 1, 8), scale = 1.0, window = 0}
            : tensor<T x 16 x bf16> at a
        return %7
      """;

  private final RuleTester rule = RuleTester.of(new MergeQueryKeyValue());

  @Test
  void mergesThreeProjectionsWhateverFollowsThem() {
    rule.rewrites(
        BEFORE,
        """
        %0 = linear %x, @a.qkv {activation = none, result = bf16}
        %1 = slice_columns %0 {begin = 0, end = 16}
        %2 = rms_norm %1, @a.n {group = 8, epsilon = 0.1}
        %3 = rope %2, %positions, @t {head_dim = 8, interleaved = true}
        %4 = slice_columns %0 {begin = 16, end = 24}
        %5 = slice_columns %0 {begin = 24, end = 32}
        %6, %7 = kv_append %4, %5, %kv.0.keys, %kv.0.values
        %8 = paged_attention %3, %6, %7 {heads = heads(2, 1, 8), scale = 1.0, window = 0}
        """);
    assertThat(RuleTester.weights(rule.apply(BEFORE, true)))
        .containsEntry("a.qkv", "concat(0, [tensor(\"q\"), tensor(\"k\"), tensor(\"v\")])");
  }

  @Test
  void aMissingBiasIsZeros() {
    String before = BEFORE.replace("@a.v {", "@a.v {bias = @a.v.bias, ");

    assertThat(RuleTester.weights(rule.apply(before, true)))
        .containsEntry(
            "a.qkv.bias",
            "concat(0, [fill(bf16, [16], 0.0), fill(bf16, [8], 0.0), tensor(\"b\")])");
  }

  @Test
  void keepsProjectionsOfDifferentInputs() {
    rule.keeps(BEFORE.replace("%x, @a.v", "%y, @a.v"));
  }

  @Test
  void keepsAProjectionWithAnotherUser() {
    rule.keeps(BEFORE.replace("return %7", "return %7, %1"));
  }

  @Test
  void keepsKeysThatAreAlsoTheValues() {
    rule.keeps(BEFORE.replace("%1, %2, %kv", "%1, %1, %kv"));
  }

  @Test
  void keepsAProjectionWithAnActivation() {
    rule.keeps(BEFORE.replace("@a.k {activation = none", "@a.k {activation = silu"));
  }

  @Test
  void keepsAttentionWithoutProjections() {
    rule.keeps(
        BEFORE
            .replace("%1, %2, %kv", "%1, %w, %kv")
            .replace(
                "input %y : tensor<T x 16 ",
                "input %w : tensor<T x 8 x bf16>\n  input %y : tensor<T x 16 "));
  }
}
