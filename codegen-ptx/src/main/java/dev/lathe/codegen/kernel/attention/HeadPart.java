package dev.lathe.codegen.kernel.attention;

import java.util.ArrayList;
import java.util.List;

/// Neighbouring elements of a head, of which each of several lanes takes as many words in a row.
///
/// @param first element of the part
/// @param words that a lane takes: 4, 2 or 1; two elements each
record HeadPart(int first, int words) {

  /// Parts of a row of keys or of queries, for the four lanes that share it.
  static List<HeadPart> ofKeys(int headDim) {
    return split(headDim, 4);
  }

  /// Parts of a row of values, for the eight lanes that share it.
  static List<HeadPart> ofValues(int headDim) {
    return split(headDim, 8);
  }

  private static List<HeadPart> split(int headDim, int lanes) {
    List<HeadPart> parts = new ArrayList<>();
    int first = 0;
    for (int words = 4; words > 0; words /= 2) {
      int elements = 2 * words * lanes;
      while (headDim - first >= elements) {
        parts.add(new HeadPart(first, words));
        first += elements;
      }
    }
    if (first != headDim) {
      throw new IllegalStateException("head size " + headDim + " is no multiple of 16");
    }
    return parts;
  }

  /// Byte of the part in a row of 16-bit elements.
  int firstByte() {
    return 2 * first;
  }

  /// Bytes of a lane.
  int laneBytes() {
    return Integer.BYTES * words;
  }
}
