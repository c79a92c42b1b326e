package dev.lathe.engine.weight;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Elements that are copied from other places unchanged. `width` is the bytes of an element.
final class MovedElements {
  private MovedElements() {}

  /// A tensor in memory.
  record Stored(MemorySegment data, int width) implements Elements {
    @Override
    public void read(long first, MemorySegment target) {
      MemorySegment.copy(data, first * width, target, 0, target.byteSize());
    }
  }

  /// Runs of each part in turn, over and over: parts joined along an axis, or rows interleaved.
  ///
  /// @param runs elements that each part gives at a time
  record Cycled(List<Elements> parts, List<Long> runs, int width) implements Elements {
    @Override
    public void read(long first, MemorySegment target) {
      long cycle = runs.stream().mapToLong(Long::longValue).sum();
      long at = first;
      long end = first + target.byteSize() / width;
      while (at < end) {
        long turn = at / cycle;
        long within = at % cycle;
        for (int part = 0; part < runs.size() && at < end; part++) {
          long run = runs.get(part);
          long count = Math.min(run - within, end - at);
          if (count > 0) {
            parts
                .get(part)
                .read(turn * run + within, target.asSlice((at - first) * width, count * width));
            at += count;
          }
          within = Math.max(0, within - run);
        }
      }
    }
  }

  /// `run` elements of every `stride`, the first of them at `offset`.
  record Strided(Elements source, long offset, long run, long stride, int width)
      implements Elements {
    @Override
    public void read(long first, MemorySegment target) {
      long end = first + target.byteSize() / width;
      long at = first;
      while (at < end) {
        long count = Math.min(run - at % run, end - at);
        source.read(
            offset + at / run * stride + at % run,
            target.asSlice((at - first) * width, count * width));
        at += count;
      }
    }
  }
}
