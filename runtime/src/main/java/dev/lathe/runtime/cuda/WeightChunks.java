package dev.lathe.runtime.cuda;

import dev.lathe.engine.v1.WeightEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Where the weights lie on the GPU, and in which portions they are copied there. The segments of
/// the file lie one after another, as they are in the file; a portion covers neighbours.
final class WeightChunks {
  private static final long ALIGNMENT = 256;
  private static final long WIDEST_GAP = 4096;

  private final Map<String, Long> offsets = new HashMap<>();
  private final List<Chunk> chunks = new ArrayList<>();
  private final long bytes;

  /// @param bytes of the entry from byte `from` on, to the GPU at `offset`
  record Piece(WeightEntry entry, long from, long offset, long bytes) {}

  /// @param offset first byte on the GPU
  /// @param bytes to the end of the last piece
  record Chunk(long offset, long bytes, List<Piece> pieces) {}

  /// @param chunkBytes greatest size of a portion
  WeightChunks(List<WeightEntry> entries, long chunkBytes) {
    Map<Integer, Long> ends = new TreeMap<>();
    for (WeightEntry entry : entries) {
      ends.merge(entry.segment(), entry.offset() + entry.bytes(), Math::max);
    }
    Map<Integer, Long> starts = new HashMap<>();
    long end = 0;
    for (Map.Entry<Integer, Long> segment : ends.entrySet()) {
      starts.put(segment.getKey(), end);
      end += Math.ceilDiv(segment.getValue(), ALIGNMENT) * ALIGNMENT;
    }
    this.bytes = end;
    for (WeightEntry entry : entries) {
      offsets.put(entry.name(), starts.getOrDefault(entry.segment(), 0L) + entry.offset());
    }
    divide(entries, chunkBytes);
  }

  private void divide(List<WeightEntry> entries, long chunkBytes) {
    List<Piece> pieces = new ArrayList<>();
    entries.stream()
        .sorted(Comparator.comparingLong(entry -> offset(entry.name())))
        .forEach(entry -> {
          long start = offset(entry.name());
          for (long from = 0; from < entry.bytes(); from += chunkBytes) {
            long size = Math.min(chunkBytes, entry.bytes() - from);
            add(new Piece(entry, from, start + from, size), pieces, chunkBytes);
          }
        });
    finish(pieces);
  }

  private void add(Piece piece, List<Piece> pieces, long chunkBytes) {
    if (!pieces.isEmpty()) {
      Piece last = pieces.getLast();
      long gap = piece.offset() - last.offset() - last.bytes();
      long size = piece.offset() + piece.bytes() - pieces.getFirst().offset();
      if (gap > WIDEST_GAP || size > chunkBytes) {
        finish(pieces);
      }
    }
    pieces.add(piece);
  }

  private void finish(List<Piece> pieces) {
    if (!pieces.isEmpty()) {
      Piece last = pieces.getLast();
      long start = pieces.getFirst().offset();
      chunks.add(new Chunk(start, last.offset() + last.bytes() - start, List.copyOf(pieces)));
      pieces.clear();
    }
  }

  /// First byte of a weight, counted from the first byte of all.
  long offset(String weight) {
    Long offset = offsets.get(weight);
    if (offset == null) {
      throw new IllegalStateException("the engine has no weight " + weight);
    }
    return offset;
  }

  /// Bytes of all weights, the gaps between them included.
  long bytes() {
    return bytes;
  }

  List<Chunk> chunks() {
    return chunks;
  }
}
