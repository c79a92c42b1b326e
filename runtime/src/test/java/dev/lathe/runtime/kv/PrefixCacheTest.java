package dev.lathe.runtime.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PrefixCacheTest {
  private static final int TOKENS = 4;

  private final BlockPool pool = new BlockPool(6);
  private final PrefixCache cache = new PrefixCache(pool, TOKENS);

  private static int[] tokens(int... values) {
    return values;
  }

  private static BlockTable table() {
    return new BlockTable(TOKENS, 100);
  }

  /// A table of a sequence whose tokens are all computed.
  private BlockTable computed(int[] sequence) {
    BlockTable table = table();
    cache.share(table, sequence, sequence.length);
    assertThat(table.reserve(sequence.length, pool)).isTrue();
    cache.learn(table, sequence, sequence.length);
    return table;
  }

  private int shared(int... sequence) {
    BlockTable table = table();
    int count = cache.share(table, sequence, sequence.length);
    table.release(pool);
    return count;
  }

  @Test
  void sharesTheFullBlocksOfACommonBeginning() {
    BlockTable first = computed(tokens(1, 2, 3, 4, 5, 6, 7, 8, 9));
    BlockTable second = table();

    assertThat(cache.share(second, tokens(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), 10)).isEqualTo(8);
    assertThat(second.count()).isEqualTo(2);
    assertThat(second.block(0)).isEqualTo(first.block(0));
    assertThat(second.block(1)).isEqualTo(first.block(1));
    assertThat(pool.freeCount()).isEqualTo(3);

    first.release(pool);
    assertThat(pool.freeCount()).as("two are still held").isEqualTo(4);
    second.release(pool);
    assertThat(pool.freeCount()).isEqualTo(6);
  }

  @Test
  void leavesWhatIsBeyondTheLimit() {
    computed(tokens(1, 2, 3, 4, 5, 6, 7, 8));
    BlockTable second = table();

    assertThat(cache.share(second, tokens(1, 2, 3, 4, 5, 6, 7, 8), 7)).isEqualTo(4);
  }

  @Test
  void aTokenThatDiffersEndsWhatIsShared() {
    computed(tokens(1, 2, 3, 4, 5, 6, 7, 8));

    assertThat(shared(1, 2, 3, 4, 5, 6, 7, 9)).isEqualTo(4);
    assertThat(shared(1, 2, 3, 5, 5, 6, 7, 8)).as("the second block alone is not enough").isZero();
    assertThat(shared(5, 6, 7, 8)).as("the same tokens at another place").isZero();
  }

  @Test
  void findsBlocksOfSequencesThatHaveEndedUntilTheyAreNeeded() {
    computed(tokens(1, 2, 3, 4, 5, 6, 7, 8)).release(pool);
    computed(tokens(9, 9, 9, 9)).release(pool);
    assertThat(pool.freeCount()).isEqualTo(6);
    assertThat(shared(1, 2, 3, 4, 5, 6, 7, 8)).isEqualTo(8);

    BlockTable other = table();
    other.reserve(3 * TOKENS, pool);
    assertThat(shared(9, 9, 9, 9)).as("three other blocks were free").isEqualTo(4);
    other.reserve(4 * TOKENS, pool);
    assertThat(shared(1, 2, 3, 4, 5, 6, 7, 8)).as("the end of the oldest goes first").isEqualTo(4);
    other.reserve(5 * TOKENS, pool);
    assertThat(shared(1, 2, 3, 4, 5, 6, 7, 8)).as("it was looked up last").isEqualTo(4);
    assertThat(shared(9, 9, 9, 9)).isZero();
  }

  @Test
  void aBlockWhosePredecessorIsLostIsNotFound() {
    BlockTable first = computed(tokens(1, 1, 1, 1));
    BlockTable twin = table();
    twin.reserve(8, pool);
    cache.learn(twin, tokens(1, 1, 1, 1, 2, 2, 2, 2), 8);
    assertThat(shared(1, 1, 1, 1, 2, 2, 2, 2)).as("the twin continues what is known").isEqualTo(8);

    first.release(pool);
    BlockTable other = table();
    other.reserve(pool.freeCount() * TOKENS, pool);
    cache.learn(other, IntStream.range(0, 16).map(i -> 7).toArray(), 16);

    assertThat(shared(1, 1, 1, 1, 2, 2, 2, 2)).isZero();
    assertThat(shared(7, 7, 7, 7, 2, 2, 2, 2)).isEqualTo(4);
  }

  @Test
  void aBlockIsSharedOnlyWhileItIsKept() {
    int block = pool.take();
    assertThatThrownBy(() -> pool.share(block)).isInstanceOf(IllegalStateException.class);
    pool.keep(block);
    pool.share(block);
    pool.release(block);
    assertThat(pool.freeCount()).isEqualTo(5);
    pool.release(block);
    assertThatThrownBy(() -> pool.keep(block)).isInstanceOf(IllegalStateException.class);
    pool.share(block);
    assertThat(pool.freeCount()).isEqualTo(5);
  }

  /// Blocks are filled for real here: what a table was given must hold the tokens of its sequence.
  @Test
  void whatIsSharedHoldsTheTokensOfTheSequence() {
    Random random = new Random(5);
    BlockPool blocks = new BlockPool(40);
    PrefixCache prefixes = new PrefixCache(blocks, TOKENS);
    Map<Integer, List<Integer>> written = new HashMap<>();
    List<BlockTable> held = new ArrayList<>();
    long reused = 0;
    for (int round = 0; round < 100_000; round++) {
      int[] sequence = random.ints(1 + random.nextInt(24), 0, 2).toArray();
      BlockTable table = table();
      int start = prefixes.share(table, sequence, sequence.length);
      reused += start;
      for (int i = 0; i < start / TOKENS; i++) {
        assertThat(written.get(table.block(i))).isEqualTo(prefix(sequence, i));
      }
      while (!table.reserve(sequence.length, blocks)) {
        held.remove(random.nextInt(held.size())).release(blocks);
      }
      for (int i = start / TOKENS; (i + 1) * TOKENS <= sequence.length; i++) {
        written.put(table.block(i), prefix(sequence, i));
      }
      prefixes.learn(table, sequence, random.nextInt(start, sequence.length + 1));
      held.add(table);
    }
    held.forEach(table -> table.release(blocks));
    assertThat(blocks.freeCount()).isEqualTo(40);
    assertThat(reused).isGreaterThan(100_000);
  }

  /// All tokens up to the end of a block.
  private static List<Integer> prefix(int[] sequence, int index) {
    return IntStream.range(0, (index + 1) * TOKENS).mapToObj(i -> sequence[i]).toList();
  }
}
