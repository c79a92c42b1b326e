package dev.lathe.frontend.layout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.weight.TensorSource.SourceTensor;
import dev.lathe.engine.weight.WeightEvaluator;
import dev.lathe.engine.weight.WeightExpr;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every element of a rank's part says where in the whole it comes from.
class ShardShapesTest {
  private static final int HEAD_DIM = 2;
  private static final int COLUMNS = 4;
  private static final byte PADDING = -1;

  /// Row `r` of the first tensor of the stack is made of the byte r, and so on.
  @ParameterizedTest
  @CsvSource({"8, 4, 2", "8, 8, 4", "8, 2, 4", "8, 1, 8", "4, 2, 1"})
  void headsComeTogetherAgainHoweverTheyAreDealtOut(int heads, int keyValueHeads, int shards) {
    var attention = new AttentionShards(heads, keyValueHeads, HEAD_DIM, shards);
    var shapes = new ShardShapes(shards, attention, new ExpertShards(1, shards), 1);
    List<byte[]> parts = new ArrayList<>();
    for (int shard = 0; shard < shards; shard++) {
      int perShard = heads / shards;
      int first = shard * keyValueHeads / shards;
      int count = Math.max(1, keyValueHeads / shards);
      parts.add(
          concat(
              rows(shard * perShard, perShard, 0),
              rows(first, count, 100),
              rows(first, count, -100)));
    }
    List<Long> shard = List.of(attention.stackRows(), (long) COLUMNS);

    assertThat(joined(shapes, Spread.QUERY, shard, parts)).isEqualTo(rows(0, heads, 0));
    assertThat(joined(shapes, Spread.KEY, shard, parts)).isEqualTo(rows(0, keyValueHeads, 100));
    assertThat(joined(shapes, Spread.VALUE, shard, parts)).isEqualTo(rows(0, keyValueHeads, -100));
    assertThat(joined(shapes, Spread.STACK, shard, parts))
        .isEqualTo(
            concat(rows(0, heads, 0), rows(0, keyValueHeads, 100), rows(0, keyValueHeads, -100)));
  }

  /// Rows of `count` heads from `first` on; all bytes of a row are its number plus `offset`.
  private static byte[] rows(int first, int count, int offset) {
    byte[] bytes = new byte[count * HEAD_DIM * COLUMNS];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (first * HEAD_DIM + i / COLUMNS + offset);
    }
    return bytes;
  }

  @Test
  void paddingOfTheVocabularyIsCutOff() {
    var shapes = shapes(3, 7);
    List<byte[]> parts = List.of(bytes(0, 1, 2), bytes(3, 4, 5), bytes(6, PADDING, PADDING));

    assertThat(joined(shapes, Spread.VOCABULARY, List.of(3L, 1L), parts))
        .containsExactly(0, 1, 2, 3, 4, 5, 6);
  }

  @Test
  void columnsOfAllRanksAlternate() {
    List<byte[]> parts = List.of(bytes(0, 1, 4, 5), bytes(2, 3, 6, 7));

    assertThat(joined(shapes(2, 1), Spread.COLUMNS, List.of(2L, 2L), parts))
        .containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
  }

  /// Two experts, four rows of gate and up each; the tens of a byte are the expert.
  @ParameterizedTest
  @CsvSource({"1, 2", "2, 1"})
  void gateComesBeforeUpInEveryExpertHoweverTheyAreDealtOut(int groups, int halves) {
    var experts = new ExpertShards(groups, halves);
    List<byte[]> parts =
        groups == 1
            ? List.of(bytes(2, 0, 12, 10), bytes(3, 1, 13, 11))
            : List.of(bytes(2, 3, 0, 1), bytes(12, 13, 10, 11));
    List<Long> shard = List.of(2L / groups, 4L / halves, 1L);

    assertThat(joined(shapes(2, experts, 1), Spread.EXPERT_PAIR, shard, parts))
        .containsExactly(0, 1, 2, 3, 10, 11, 12, 13);
  }

  @Test
  void columnsOfExpertsAreJoinedInGroupsOfEverySecondRank() {
    var experts = new ExpertShards(2, 2);
    List<byte[]> parts = List.of(bytes(0), bytes(10), bytes(1), bytes(11));

    assertThat(joined(shapes(4, experts, 1), Spread.EXPERT_COLUMNS, List.of(1L, 1L, 1L), parts))
        .containsExactly(0, 1, 10, 11);
  }

  @Test
  void aShapeThatIsNoPartHasNoWhole() {
    assertThat(shapes(2, 8).whole(Spread.VOCABULARY, List.of(5L, 4L))).isEmpty();
    assertThat(shapes(2, 8).whole(Spread.QUERY, List.of(5L, 4L))).isEmpty();
    assertThat(shapes(2, 8).whole(Spread.COLUMNS, List.of(5L))).isEmpty();
    assertThat(shapes(2, 8).whole(Spread.ROWS, List.of())).isEmpty();
    assertThat(shapes(2, 8).whole(Spread.EXPERT_PAIR, List.of(5L, 4L))).isEmpty();
  }

  private static ShardShapes shapes(int shards, int vocabulary) {
    return shapes(shards, new ExpertShards(1, shards), vocabulary);
  }

  private static ShardShapes shapes(int shards, ExpertShards experts, int vocabulary) {
    var attention = new AttentionShards(8, 8, HEAD_DIM, shards);
    return new ShardShapes(shards, attention, experts, vocabulary);
  }

  private static byte[] joined(
      ShardShapes shapes, Spread spread, List<Long> shard, List<byte[]> parts) {
    var evaluator =
        new WeightEvaluator(name ->
            new SourceTensor(
                DType.U8, shard, MemorySegment.ofArray(parts.get(Integer.parseInt(name)))));
    List<WeightExpr.Tensor> names = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      names.add(new WeightExpr.Tensor(Integer.toString(i)));
    }
    WeightExpr whole = shapes.join(spread, names, shard);
    List<Long> shape = shapes.whole(spread, shard).orElseThrow();
    assertThat(evaluator.type(whole).shape()).isEqualTo(shape);
    assertThat(shapes.shard(spread, shape)).isEqualTo(shard);
    return evaluator.bytes(whole);
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static byte[] concat(byte[]... parts) {
    var all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
