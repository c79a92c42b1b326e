package dev.lathe.engine.weight;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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

  /// The transpose of a source of `columns` rows, `rows` elements each: the result has `rows` rows.
  /// Each read takes one run of neighbours from every row of the source.
  record Transposed(Elements source, long rows, long columns, int width) implements Elements {
    @Override
    public void read(long first, MemorySegment target) {
      long end = first + target.byteSize() / width;
      long at = first;
      while (at < end) {
        long column = at % columns;
        boolean whole = column == 0 && end - at >= columns;
        long count = whole ? (end - at) / columns * columns : Math.min(columns - column, end - at);
        MemorySegment part = target.asSlice((at - first) * width, count * width);
        if (whole) {
          readRows(at / columns, count / columns, 0, columns, part);
        } else {
          readRows(at / columns, 1, column, count, part);
        }
        at += count;
      }
    }

    /// Rows `row`, ... of the result, columns `column`, ... of each.
    private void readRows(
        long row, long rowCount, long column, long columnCount, MemorySegment target) {
      MemorySegment run = MemorySegment.ofArray(new byte[Math.toIntExact(rowCount * width)]);
      for (long c = 0; c < columnCount; c++) {
        source.read((column + c) * rows + row, run);
        scatter(run, target, c, columnCount, rowCount);
      }
    }

    private void scatter(
        MemorySegment run, MemorySegment target, long column, long stride, long count) {
      for (long i = 0; i < count; i++) {
        long to = (i * stride + column) * width;
        switch (width) {
          case 2 ->
              target.set(
                  ValueLayout.JAVA_SHORT_UNALIGNED,
                  to,
                  run.get(ValueLayout.JAVA_SHORT_UNALIGNED, i * 2));
          case 4 ->
              target.set(
                  ValueLayout.JAVA_INT_UNALIGNED,
                  to,
                  run.get(ValueLayout.JAVA_INT_UNALIGNED, i * 4));
          default -> MemorySegment.copy(run, i * width, target, to, width);
        }
      }
    }
  }
}
