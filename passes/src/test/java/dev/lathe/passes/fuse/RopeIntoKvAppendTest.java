package dev.lathe.passes.fuse;

import dev.lathe.passes.RuleTester;
import org.junit.jupiter.api.Test;

class RopeIntoKvAppendTest {
  private static final String BEFORE =
      """
        input %qkv : tensor<T x 32 x bf16>
        input %positions : tensor<T x i32>
        cache %kv.0.keys : tensor<K x 1 x 8 x bf16>
        cache %kv.0.values : tensor<K x 1 x 8 x bf16>
        weight @qn : tensor<8 x bf16> = tensor("qn")
        weight @kn : tensor<8 x bf16> = tensor("kn")
        weight @t : tensor<64 x 8 x f32> = rotary_table(64, [1.0, 0.5, 0.25, 0.125], 1.0)
        weight @t2 : tensor<64 x 8 x f32> = rotary_table(64, [1.0, 0.5, 0.25, 0.125], 2.0)
        %0 = slice_columns %qkv {begin = 0, end = 16} : tensor<T x 16 x bf16> at a.q
        %1 = slice_columns %qkv {begin = 16, end = 24} : tensor<T x 8 x bf16> at a.k
        %2 = slice_columns %qkv {begin = 24, end = 32} : tensor<T x 8 x bf16> at a.v
        %3 = rms_norm %0, @qn {group = 8, epsilon = 0.1} : tensor<T x 16 x bf16> at a.qn
        %4 = rms_norm %1, @kn {group = 8, epsilon = 0.1} : tensor<T x 8 x bf16> at a.kn
        %5 = rope %3, %positions, @t {head_dim = 8, interleaved = true}
            : tensor<T x 16 x bf16> at a.qr
        %6 = rope %4, %positions, @t {head_dim = 8, interleaved = true}
            : tensor<T x 8 x bf16> at a.kr
        %7, %8 = kv_append %6, %2, %kv.0.keys, %kv.0.values
            : tensor<K x 1 x 8 x bf16>, tensor<K x 1 x 8 x bf16> at a.append
        %9 = paged_attention %5, %7, %8 {heads = heads(2, 1, 8), scale = 1.0, window = 0}
            : tensor<T x 16 x bf16> at a
        return %9
      """;
  private static final String ATTENTION =
      "%3 = paged_attention %0, %1, %2 {heads = heads(2, 1, 8), scale = 1.0, window = 0}\n";

  private static final String FUSED =
      "%0, %1, %2 = rope_kv_append %qkv, %positions, %kv.0.keys, %kv.0.values {table = @t,"
          + " query_norm = @qn, key_norm = @kn, heads = heads(2, 1, 8), epsilon = 0.1, ";

  private final RuleTester rule = RuleTester.of(new RopeIntoKvAppend());

  @Test
  void fusesNormsRotationAndAppend() {
    rule.rewrites(BEFORE, FUSED + "interleaved = true}\n" + ATTENTION);
  }

  @Test
  void fusesWithoutNorms() {
    rule.rewrites(
        BEFORE.replace("rope %3", "rope %0").replace("rope %4", "rope %1"),
        "%0, %1, %2 = rope_kv_append %qkv, %positions, %kv.0.keys, %kv.0.values {table = @t,"
            + " heads = heads(2, 1, 8), epsilon = 0.0, interleaved = true}\n"
            + ATTENTION);
  }

  @Test
  void fusesWithoutRotation() {
    rule.rewrites(
        BEFORE
            .replace("paged_attention %5", "paged_attention %3")
            .replace("kv_append %6", "kv_append %4"),
        "%0, %1, %2 = rope_kv_append %qkv, %positions, %kv.0.keys, %kv.0.values {query_norm = @qn,"
            + " key_norm = @kn, heads = heads(2, 1, 8), epsilon = 0.1, interleaved = false}\n"
            + ATTENTION);
  }

  @Test
  void keepsPartsInAnotherOrder() {
    rule.keeps(
        BEFORE
            .replace("{begin = 16, end = 24} :", "{begin = 24, end = 32}:")
            .replace("{begin = 24, end = 32} :", "{begin = 16, end = 24}:"));
  }

  @Test
  void keepsQueryAndKeyWithDifferentTables() {
    rule.keeps(BEFORE.replace("rope %4, %positions, @t ", "rope %4, %positions, @t2 "));
  }

  @Test
  void keepsAKeyThatIsNotRotatedWhereTheQueryIs() {
    rule.keeps(BEFORE.replace("kv_append %6", "kv_append %4"));
  }

  @Test
  void keepsNormsWithDifferentEpsilons() {
    rule.keeps(BEFORE.replace("@kn {group = 8, epsilon = 0.1}", "@kn {group = 8, epsilon = 0.2}"));
  }

  @Test
  void fusesANormOfAllHeadsAtOnce() {
    rule.rewrites(
        BEFORE
            .replace("weight @qn : tensor<8 x", "weight @qn : tensor<16 x")
            .replace("@qn {group = 8", "@qn {group = 16"),
        FUSED + "interleaved = true}\n" + ATTENTION);
  }

  @Test
  void keepsANormOfSomeHeadsAtOnce() {
    rule.keeps(
        BEFORE
            .replace("weight @qn : tensor<8 x", "weight @qn : tensor<4 x")
            .replace("@qn {group = 8", "@qn {group = 4"));
  }

  @Test
  void theOffsetOfNormWeightsStays() {
    rule.rewrites(
        BEFORE.replace("epsilon = 0.1", "epsilon = 0.1, weight_offset = 1.0"),
        FUSED + "interleaved = true, weight_offset = 1.0}\n" + ATTENTION);
  }

  @Test
  void keepsNormsWithDifferentOffsets() {
    rule.keeps(BEFORE.replace("@kn {group = 8", "@kn {weight_offset = 1.0, group = 8"));
  }

  @Test
  void whatIsDoneToScoresStays() {
    String changed = "soft_cap = 50.0, causal = false";
    rule.rewrites(
        BEFORE.replace("window = 0", "window = 0, " + changed),
        FUSED
            + "interleaved = true}\n"
            + ATTENTION.replace("window = 0", "window = 0, " + changed));
  }

  @Test
  void keepsARotatedQueryWithAnotherUser() {
    rule.keeps(BEFORE.replace("return %9", "return %9, %5"));
  }
}
