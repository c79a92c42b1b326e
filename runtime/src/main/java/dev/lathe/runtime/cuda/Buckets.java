package dev.lathe.runtime.cuda;

import dev.lathe.engine.type.Sizes;
import java.util.ArrayList;
import java.util.List;

/// The batch sizes for which decode graphs are recorded: a batch runs in the smallest that holds
/// it, with padding in the rows that are left.
final class Buckets {
  private static final int[] SMALL = {1, 2, 4, 8, 16, 24, 32, 48, 64};
  private static final int STEP = 32;

  private final List<Sizes> sizes;

  private Buckets(List<Sizes> sizes) {
    this.sizes = List.copyOf(sizes);
  }

  /// Buckets for batches of at most `most` sequences; the last one is `most` itself.
  static Buckets upTo(long most) {
    List<Sizes> sizes = new ArrayList<>();
    for (int size : SMALL) {
      if (size < most) {
        sizes.add(decode(size));
      }
    }
    for (long size = (long) SMALL[SMALL.length - 1] + STEP; size < most; size += STEP) {
      sizes.add(decode(size));
    }
    if (most > 0) {
      sizes.add(decode(most));
    }
    return new Buckets(sizes);
  }

  int count() {
    return sizes.size();
  }

  /// Sizes of a bucket: T = S = R.
  Sizes sizes(int index) {
    return sizes.get(index);
  }

  /// Number of the smallest bucket for `sequences`, which is at most the greatest bucket.
  int indexFor(long sequences) {
    int index = 0;
    while (sizes.get(index).sequences() < sequences) {
      index++;
    }
    return index;
  }

  private static Sizes decode(long size) {
    return new Sizes(size, size, size);
  }
}
