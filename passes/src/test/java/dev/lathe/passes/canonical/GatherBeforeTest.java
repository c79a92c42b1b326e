package dev.lathe.passes.canonical;

import dev.lathe.passes.RuleTester;
import org.junit.jupiter.api.Test;

class GatherBeforeTest {
  private static final String LEAVES =
      """
        input %x : tensor<T x 16 x bf16>
        input %positions : tensor<T x i32>
        input %rows : tensor<R x i32>
        cache %kv.0.keys : tensor<K x 2 x 8 x bf16>
        cache %kv.0.values : tensor<K x 2 x 8 x bf16>
        weight @w : tensor<32 x 16 x bf16> = tensor("w")
        weight @g : tensor<16 x bf16> = tensor("g")
        weight @t : tensor<64 x 8 x f32> = fill(f32, [64, 8], 1.0)
      """;

  private final RuleTester rule = RuleTester.of(new GatherBefore());

  @Test
  void takesTheRowsBeforeTheHeadAndTheNorm() {
    rule.rewrites(
        LEAVES
            + """
            %0 = rms_norm %x, @g {group = 16, epsilon = 0.1} : tensor<T x 16 x bf16> at n
            %1 = linear %0, @w {activation = none, result = f32} : tensor<T x 32 x f32> at l
            %2 = gather_rows %1, %rows : tensor<R x 32 x f32> at logits
            return %2
            """,
        """
        %0 = gather_rows %x, %rows
        %1 = rms_norm %0, @g {group = 16, epsilon = 0.1}
        %2 = linear %1, @w {activation = none, result = f32}
        """);
  }

  @Test
  void takesTheRowsOfBothSidesOfAResidualOnce() {
    rule.rewrites(
        LEAVES
            + """
            %0 = activate %x {function = silu} : tensor<T x 16 x bf16> at h
            %1 = rms_norm %0, @g {group = 16, epsilon = 0.1} : tensor<T x 16 x bf16> at n
            %2 = add %0, %1 : tensor<T x 16 x bf16> at s
            %3 = gather_rows %2, %rows : tensor<R x 16 x bf16> at logits
            return %3
            """,
        """
        %0 = gather_rows %x, %rows
        %1 = activate %0 {function = silu}
        %2 = rms_norm %1, @g {group = 16, epsilon = 0.1}
        %3 = add %1, %2
        """);
  }

  @Test
  void keepsRowsOfAValueThatIsNeededWhole() {
    rule.keeps(
        LEAVES
            + """
            %0 = activate %x {function = silu} : tensor<T x 16 x bf16> at h
            %1 = gather_rows %0, %rows : tensor<R x 16 x bf16> at logits
            return %1, %0
            """);
  }

  @Test
  void keepsRowsOfAttentionWhichLooksAtOtherRows() {
    rule.keeps(
        LEAVES
            + """
            %0, %1 = kv_append %x, %x, %kv.0.keys, %kv.0.values
                : tensor<K x 2 x 8 x bf16>, tensor<K x 2 x 8 x bf16> at k
            %2 = paged_attention %x, %0, %1 {heads = heads(2, 2, 8), scale = 1.0, window = 0}
                : tensor<T x 16 x bf16> at a
            %3 = gather_rows %2, %rows : tensor<R x 16 x bf16> at logits
            return %3
            """);
  }

  @Test
  void keepsRowsOfARotationWhosePositionsAreNoMatrix() {
    rule.keeps(
        LEAVES
            + """
            %0 = rope %x, %positions, @t {head_dim = 8, interleaved = false}
                : tensor<T x 16 x bf16> at r
            %1 = gather_rows %0, %rows : tensor<R x 16 x bf16> at logits
            return %1
            """);
  }

  @Test
  void keepsRowsOfAnInput() {
    rule.keeps(
        LEAVES + "%0 = gather_rows %x, %rows : tensor<R x 16 x bf16> at logits\nreturn %0\n");
  }
}
