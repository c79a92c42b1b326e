package dev.lathe.runtime.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.BatchInput;
import dev.lathe.engine.v1.Profile.Kind;
import dev.lathe.engine.v1.Ref;
import dev.lathe.runtime.device.Batch;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TypicalBatchTest {
  private static final int BLOCK = 64;

  @Test
  void decodingSequencesHaveOneNewTokenAndAContextOfATypicalLength() {
    TimedStep step = step(Kind.DECODE, new Sizes(8, 8, 8), 32);
    TypicalBatch typical = new TypicalBatch(step, TypicalBatch.blocks(step));
    Batch batch = typical.batch();

    assertThat(typical.sizes()).isEqualTo(new Sizes(8, 8, 8));
    assertThat(TypicalBatch.blocks(step)).isEqualTo(8 * 1024 / BLOCK);
    assertThat(ints(batch, BatchInput.QUERY_STARTS, 9)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8);
    assertThat(ints(batch, BatchInput.CONTEXT_LENGTHS, 8)).containsOnly(1024);
    assertThat(ints(batch, BatchInput.POSITIONS, 8)).containsOnly(1023);
    assertThat(distinctBlocks(batch, 8, 32, 16)).hasSize(128);
  }

  @Test
  void attentionOfDecodingSequencesGrowsWithTheirLength() {
    TimedStep step = step(Kind.DECODE, new Sizes(8, 8, 8), 32);
    TimedStep brief = step.withShortSequences().orElseThrow();

    assertThat(step(Kind.MIXED, new Sizes(8, 8, 8), 32).withShortSequences()).isEmpty();
    assertThat(step(Kind.DECODE, new Sizes(8, 8, 8), 256 / BLOCK).withShortSequences())
        .as("sequences have no room to be longer")
        .isEmpty();
    assertThat(ints(new TypicalBatch(brief, 32).batch(), BatchInput.CONTEXT_LENGTHS, 8))
        .containsOnly(256);
  }

  @Test
  void theContextIsNoLongerThanSequencesMayBe() {
    TimedStep step = step(Kind.DECODE, new Sizes(2, 2, 2), 4);

    assertThat(ints(new TypicalBatch(step, 8).batch(), BatchInput.CONTEXT_LENGTHS, 2))
        .containsOnly(4 * BLOCK);
  }

  @ParameterizedTest
  @CsvSource({"8192, 2048, 8, 8192", "1025, 64, 2, 1025", "100, 64, 1, 100", "8192, 2, 2, 8192"})
  void promptsShareTheTokens(long tokens, long most, int sequences, int used) {
    TimedStep step = step(Kind.MIXED, new Sizes(tokens, most, most), 128);
    TypicalBatch typical = new TypicalBatch(step, TypicalBatch.blocks(step));
    Batch batch = typical.batch();

    assertThat(typical.sizes()).isEqualTo(new Sizes(used, sequences, most));
    int[] starts = ints(batch, BatchInput.QUERY_STARTS, sequences + 1);
    int[] lengths = ints(batch, BatchInput.CONTEXT_LENGTHS, sequences);
    int[] positions = ints(batch, BatchInput.POSITIONS, used);
    assertThat(starts[sequences]).isEqualTo(used);
    for (int s = 0; s < sequences; s++) {
      assertThat(lengths[s]).isEqualTo(starts[s + 1] - starts[s]);
      assertThat(positions[starts[s]]).isZero();
      assertThat(positions[starts[s + 1] - 1]).isEqualTo(lengths[s] - 1);
    }
    Set<Integer> slots = new HashSet<>();
    for (int slot : ints(batch, BatchInput.SLOTS, used)) {
      assertThat(slots.add(slot)).as("slot %d is used once", slot).isTrue();
    }
  }

  @Test
  void aSmallPoolIsShared() {
    TimedStep step = step(Kind.DECODE, new Sizes(8, 8, 8), 32);

    assertThat(distinctBlocks(new TypicalBatch(step, 10).batch(), 8, 32, 16))
        .allMatch(block -> block >= 0 && block < 10)
        .hasSize(10);
  }

  @Test
  void aStepWithoutACacheGetsNoTables() {
    TimedStep step =
        new TimedStep(
            "Linear",
            Kind.DECODE,
            new Sizes(65_536, 65_536, 65_536),
            2048,
            Map.of(Ref.weight("w"), new StepOperand.Weight(DType.BF16, 100)));

    assertThat(step.tableWidth()).isEqualTo(1);
    assertThat(new TypicalBatch(step, 1).batch().ints(BatchInput.TOKEN_IDS, 1).length)
        .isGreaterThanOrEqualTo(65_536);
  }

  @Test
  void copiesTogetherExceedTheCacheTwice() {
    long cache = 50L << 20;

    assertThat(copies(33L << 20, cache)).isEqualTo(4);
    assertThat(copies(100L << 20, cache)).isEqualTo(2);
    assertThat(copies(101L << 20, cache)).isEqualTo(1);
    assertThat(copies(1000, cache)).as("no more than are of use").isEqualTo(20);
  }

  private static int copies(long bytes, long cacheBytes) {
    TimedStep step =
        new TimedStep(
            "Linear",
            Kind.DECODE,
            new Sizes(1, 1, 1),
            1,
            Map.of(
                Ref.weight("w"), new StepOperand.Weight(DType.BF16, bytes / 2),
                Ref.buffer("x"), new StepOperand.Activation(DType.BF16, 1 << 30)));
    return TimedMemory.copies(step, 1, cacheBytes, 20);
  }

  @Test
  void aTimeIsTheMedianWithTheFirstAndTheLastDecile() {
    long[] samples = {30, 10, 20, 50, 40, 60, 70, 80, 90, 100, 110};

    assertThat(StepTime.Taken.of(samples)).isEqualTo(new StepTime.Taken(60, 20, 100));
    assertThat(StepTime.Taken.of(new long[] {7})).isEqualTo(new StepTime.Taken(7, 7, 7));
  }

  @Test
  void timesOfTwoExecutionsAddUpUnlessOneIsRefused() {
    StepTime taken = new StepTime.Taken(60, 20, 100);
    StepTime refused = new StepTime.Refused("too much shared memory");

    assertThat(taken.plus(new StepTime.Taken(6, 2, 10))).isEqualTo(new StepTime.Taken(66, 22, 110));
    assertThat(taken.plus(refused)).isEqualTo(refused);
    assertThat(refused.plus(taken)).isEqualTo(refused);
  }

  private static TimedStep step(Kind kind, Sizes max, int width) {
    return new TimedStep(
        "PagedAttention",
        kind,
        max,
        width,
        Map.of(
            Ref.buffer("keys"), new StepOperand.Cache(DType.BF16, 8, BLOCK, 128),
            Ref.buffer("tables"), new StepOperand.Input(BatchInput.BLOCK_TABLES)));
  }

  private static Set<Integer> distinctBlocks(Batch batch, int sequences, int width, int filled) {
    int[] tables = ints(batch, BatchInput.BLOCK_TABLES, sequences * width);
    Set<Integer> blocks = new HashSet<>();
    for (int s : List.of(0, sequences - 1, sequences / 2)) {
      assertThat(tables[s * width + filled - 1]).isNotNegative();
    }
    for (int i = 0; i < tables.length; i++) {
      if (i % width < filled) {
        blocks.add(tables[i]);
      }
    }
    return blocks;
  }

  private static int[] ints(Batch batch, BatchInput input, int count) {
    return Arrays.copyOf(batch.ints(input, count), count);
  }
}
