package dev.lathe.runtime.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.engine.v1.BatchInput;
import dev.lathe.runtime.device.Batch;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AdjustmentTableTest {
  private static final float NO = Float.NEGATIVE_INFINITY;

  private record Adjustment(int count, float bias) {}

  private record Tokens(int promptLength, int... all) implements TokenView {
    @Override
    public int length() {
      return all.length;
    }

    @Override
    public int token(int position) {
      return all[position];
    }
  }

  private static Map<Integer, Adjustment> write(AdjustmentTable table, Tokens tokens) {
    Batch batch = new Batch();
    int end = table.write(tokens, batch, 5);
    Map<Integer, Adjustment> written = new HashMap<>();
    for (int i = 5; i < end; i++) {
      Adjustment old =
          written.put(
              batch.ints(BatchInput.ADJUSTMENT_TOKENS, 0)[i],
              new Adjustment(
                  batch.ints(BatchInput.ADJUSTMENT_COUNTS, 0)[i],
                  batch.floats(BatchInput.ADJUSTMENT_BIASES, 0)[i]));
      assertThat(old).as("a token occurs once").isNull();
    }
    return written;
  }

  private static AdjustmentTable table(SamplingParameters.Builder parameters) {
    return new AdjustmentTable(parameters.build(), List.of(99), 1000);
  }

  @Test
  void countsOutputTokensAndMarksPromptTokensWithZero() {
    AdjustmentTable table = table(SamplingParameters.builder().repetitionPenalty(1.1f));

    assertThat(write(table, new Tokens(3, 7, 8, 7)))
        .isEqualTo(Map.of(7, new Adjustment(0, 0), 8, new Adjustment(0, 0)));
    assertThat(write(table, new Tokens(3, 7, 8, 7, 7, 5, 7)))
        .isEqualTo(
            Map.of(7, new Adjustment(2, 0), 8, new Adjustment(0, 0), 5, new Adjustment(1, 0)));
  }

  @Test
  void writesBiasesWithoutCountsIfThereAreNoPenalties() {
    AdjustmentTable table =
        table(SamplingParameters.builder().logitBias(Map.of(4, 1.5f, 5000, 2f)));

    assertThat(write(table, new Tokens(1, 4, 4, 4))).isEqualTo(Map.of(4, new Adjustment(-1, 1.5f)));
  }

  @Test
  void forbidsTheLastTokenOfABadWordAfterItsBeginning() {
    AdjustmentTable table =
        table(SamplingParameters.builder().badWords(List.of(List.of(3), List.of(1, 2, 6))));

    assertThat(write(table, new Tokens(1, 9))).containsOnlyKeys(3);
    assertThat(write(table, new Tokens(1, 9, 1, 2)))
        .isEqualTo(Map.of(3, new Adjustment(-1, NO), 6, new Adjustment(-1, NO)));
    assertThat(write(table, new Tokens(1, 9, 1, 2, 7))).containsOnlyKeys(3);
  }

  @Test
  void forbidsToCompleteAnNgramThatOccurred() {
    AdjustmentTable table = table(SamplingParameters.builder().noRepeatNgramSize(3));

    assertThat(write(table, new Tokens(4, 1, 2, 3, 1))).isEmpty();
    assertThat(write(table, new Tokens(4, 1, 2, 3, 1, 2))).containsOnlyKeys(3);
    assertThat(write(table, new Tokens(4, 1, 2, 3, 1, 2, 8, 1, 2))).containsOnlyKeys(3, 8);
  }

  @Test
  void forbidsEveryTokenThatOccurredForNgramsOfOne() {
    AdjustmentTable table = table(SamplingParameters.builder().noRepeatNgramSize(1));

    assertThat(write(table, new Tokens(2, 1, 2, 3))).containsOnlyKeys(1, 2, 3);
  }

  @Test
  void forbidsEndTokensUntilTheMinimumIsReached() {
    AdjustmentTable table = table(SamplingParameters.builder().minTokens(2));

    assertThat(write(table, new Tokens(2, 1, 2, 3))).containsOnlyKeys(99);
    assertThat(write(table, new Tokens(2, 1, 2, 3, 4))).isEmpty();
  }

  @Test
  void aBanOutweighsABiasOnlyForItsStep() {
    AdjustmentTable table =
        table(SamplingParameters.builder().minTokens(1).logitBias(Map.of(99, 2f)));

    assertThat(write(table, new Tokens(1, 1))).containsEntry(99, new Adjustment(-1, NO));
    assertThat(write(table, new Tokens(1, 1, 2))).containsEntry(99, new Adjustment(-1, 2f));
  }

  @Test
  void countsManyTokensAsAMapWould() {
    AdjustmentTable table = table(SamplingParameters.builder().frequencyPenalty(0.5f));
    Random random = new Random(3);
    int[] all = random.ints(3000, 0, 1000).toArray();
    Map<Integer, Integer> expected = new HashMap<>();
    Set<Integer> prompt = new HashSet<>();
    for (int i = 0; i < all.length; i++) {
      if (i < 500) {
        prompt.add(all[i]);
      } else {
        expected.merge(all[i], 1, Integer::sum);
      }
    }
    prompt.forEach(token -> expected.putIfAbsent(token, 0));
    for (int length = 600; length < 3000; length += 300) {
      write(table, new Tokens(500, java.util.Arrays.copyOf(all, length)));
    }

    Map<Integer, Integer> counted = new HashMap<>();
    write(table, new Tokens(500, all)).forEach((token, value) -> counted.put(token, value.count()));
    assertThat(counted).isEqualTo(expected);
  }

  @Test
  void stopSequencesAreFoundInTheOutputAlone() {
    StopTokens stop = new StopTokens(List.of(0), List.of(List.of(4, 5)));

    assertThat(stop.isEnd(0)).isTrue();
    assertThat(stop.isEnd(4)).isFalse();
    assertThat(stop.endsWithWord(new Tokens(1, 1, 4, 5))).isTrue();
    assertThat(stop.endsWithWord(new Tokens(2, 1, 4, 5))).isFalse();
    assertThat(stop.endsWithWord(new Tokens(1, 1, 5, 4))).isFalse();
  }
}
