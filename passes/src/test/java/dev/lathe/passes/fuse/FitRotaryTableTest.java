package dev.lathe.passes.fuse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.ir.Graph;
import dev.lathe.passes.RuleTester;
import org.junit.jupiter.api.Test;

class FitRotaryTableTest {
  private static final String BEFORE =
      """
        input %qkv : tensor<T x 32 x bf16>
        input %positions : tensor<T x i32>
        cache %kv.0.keys : tensor<K x 1 x 8 x bf16>
        cache %kv.0.values : tensor<K x 1 x 8 x bf16>
        weight @t : tensor<64 x 8 x f32> = rotary_table(64, [1.0, 0.5, 0.25, 0.125], 1.0)
        %0, %1, %2 = rope_kv_append %qkv, %positions, %kv.0.keys, %kv.0.values
            {table = @t, heads = heads(2, 1, 8), epsilon = 0.0, interleaved = true}
            : tensor<T x 16 x bf16>, tensor<K x 1 x 8 x bf16>, tensor<K x 1 x 8 x bf16> at a.append
        return %0
      """;

  @Test
  void shortensATableOfPositionsThatNoSequenceReaches() {
    Graph after = RuleTester.of(new FitRotaryTable(48)).apply(BEFORE, true);

    assertThat(RuleTester.weights(after))
        .containsEntry("t", "rotary_table(48, [1.0, 0.5, 0.25, 0.125], 1.0)");
  }

  @Test
  void lengthensATableForLongerSequences() {
    Graph after = RuleTester.of(new FitRotaryTable(128)).apply(BEFORE, true);

    assertThat(RuleTester.weights(after))
        .containsEntry("t", "rotary_table(128, [1.0, 0.5, 0.25, 0.125], 1.0)");
  }

  @Test
  void keepsATableThatFits() {
    RuleTester.of(new FitRotaryTable(64)).keeps(BEFORE);
  }

  @Test
  void keepsATableOfTheCheckpoint() {
    RuleTester.of(new FitRotaryTable(48))
        .keeps(BEFORE.replaceFirst("rotary_table\\(.*\\)", "tensor(\"t\")"));
  }
}
