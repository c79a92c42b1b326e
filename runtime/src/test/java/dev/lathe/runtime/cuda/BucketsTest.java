package dev.lathe.runtime.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.engine.type.Sizes;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class BucketsTest {

  @Test
  void bucketsGrowInStepsAndEndAtTheGreatestBatch() {
    assertThat(bucketsUpTo(100)).containsExactly(1, 2, 4, 8, 16, 24, 32, 48, 64, 96, 100);
    assertThat(bucketsUpTo(64)).containsExactly(1, 2, 4, 8, 16, 24, 32, 48, 64);
    assertThat(bucketsUpTo(1)).containsExactly(1);
    assertThat(bucketsUpTo(0)).isEmpty();
  }

  @Test
  void aBatchRunsInTheSmallestBucketThatHoldsIt() {
    Buckets buckets = Buckets.upTo(20);

    assertThat(buckets.sizes(buckets.indexFor(1))).isEqualTo(new Sizes(1, 1, 1));
    assertThat(buckets.sizes(buckets.indexFor(5))).isEqualTo(new Sizes(8, 8, 8));
    assertThat(buckets.sizes(buckets.indexFor(16))).isEqualTo(new Sizes(16, 16, 16));
    assertThat(buckets.sizes(buckets.indexFor(17))).isEqualTo(new Sizes(20, 20, 20));
  }

  private static int[] bucketsUpTo(long most) {
    Buckets buckets = Buckets.upTo(most);
    return IntStream.range(0, buckets.count())
        .map(i -> (int) buckets.sizes(i).sequences())
        .toArray();
  }
}
