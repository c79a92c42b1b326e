package dev.lathe.tests.kernel;

import java.util.BitSet;

/// Says in few words which indices of an axis are in a set: `64..127 of 128`, `8..15 of each 16`.
final class IndexPattern {
  private static final int[] PERIODS = {2, 4, 8, 16, 32, 64, 128};
  private static final int LISTED = 12;
  private static final double MOST = 0.8;

  private IndexPattern() {}

  static String describe(BitSet indices, int size) {
    int count = indices.cardinality();
    if (count == size) {
      return "all " + size;
    }
    int first = indices.nextSetBit(0);
    int last = indices.length() - 1;
    if (last - first + 1 == count) {
      return ranges(indices) + " of " + size;
    }
    for (int period : PERIODS) {
      BitSet residues = new BitSet();
      indices.stream().forEach(i -> residues.set(i % period));
      boolean isSmaller = residues.cardinality() <= period / 2 && 2 * period <= size;
      if (isSmaller && covered(indices, residues, period, size) >= MOST) {
        return "%s of each %d (%d of %d)".formatted(ranges(residues), period, count, size);
      }
    }
    return "%d of %d, from %d to %d: %s".formatted(count, size, first, last, ranges(indices));
  }

  /// Part of the indices with such residues, from first to last, that are in the set.
  private static double covered(BitSet indices, BitSet residues, int period, int size) {
    int possible = 0;
    for (int i = 0; i < size; i++) {
      possible += residues.get(i % period) ? 1 : 0;
    }
    return (double) indices.cardinality() / possible;
  }

  /// `0..3, 8, 12..15`, cut after a few.
  private static String ranges(BitSet indices) {
    StringBuilder text = new StringBuilder();
    int listed = 0;
    for (int from = indices.nextSetBit(0); from >= 0; ) {
      int end = indices.nextClearBit(from);
      text.append(listed == 0 ? "" : ", ");
      if (listed == LISTED) {
        return text.append("...").toString();
      }
      text.append(end - from == 1 ? "" + from : from + ".." + (end - 1));
      listed++;
      from = indices.nextSetBit(end);
    }
    return text.toString();
  }
}
