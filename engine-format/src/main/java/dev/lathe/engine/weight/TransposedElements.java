package dev.lathe.engine.weight;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The transpose of a source of `columns` rows with `rows` elements each: the result has `rows`
/// rows of `columns` elements. A read takes a run of neighbours from every row of the source, and
/// turns a tile of some rows at a time, so that both sides are touched in whole cache lines.
record TransposedElements(Elements source, long rows, long columns, int width) implements Elements {
  private static final int TILE = 64;

  @Override
  public void read(long first, MemorySegment target) {
    long end = first + target.byteSize() / width;
    long at = first;
    while (at < end) {
      long column = at % columns;
      boolean whole = column == 0 && end - at >= columns;
      long count = whole ? (end - at) / columns * columns : Math.min(columns - column, end - at);
      MemorySegment part = target.asSlice((at - first) * width, count * width);
      readRows(at / columns, column, whole ? columns : count, part);
      at += count;
    }
  }

  /// Columns `column`, ... of the result's rows `row`, ...: `columnCount` of each row.
  private void readRows(long row, long column, long columnCount, MemorySegment target) {
    int rowCount = Math.toIntExact(target.byteSize() / width / columnCount);
    MemorySegment tile =
        MemorySegment.ofArray(new byte[Math.multiplyExact(rowCount, TILE * width)]);
    for (long done = 0; done < columnCount; done += TILE) {
      int lines = (int) Math.min(TILE, columnCount - done);
      long lineBytes = (long) rowCount * width;
      for (int line = 0; line < lines; line++) {
        source.read((column + done + line) * rows + row, tile.asSlice(line * lineBytes, lineBytes));
      }
      for (int i = 0; i < rowCount; i++) {
        long first = (i * columnCount + done) * width;
        turn(tile, i, rowCount, target.asSlice(first, (long) lines * width));
      }
    }
  }

  /// Element `from` of each line of the tile, in order.
  private void turn(MemorySegment tile, int from, int lineElements, MemorySegment target) {
    int lines = (int) target.byteSize() / width;
    for (int line = 0; line < lines; line++) {
      long index = (long) line * lineElements + from;
      switch (width) {
        case 2 ->
            target.set(
                ValueLayout.JAVA_SHORT_UNALIGNED,
                line * 2L,
                tile.get(ValueLayout.JAVA_SHORT_UNALIGNED, index * 2));
        case 4 ->
            target.set(
                ValueLayout.JAVA_INT_UNALIGNED,
                line * 4L,
                tile.get(ValueLayout.JAVA_INT_UNALIGNED, index * 4));
        default -> MemorySegment.copy(tile, index * width, target, (long) line * width, width);
      }
    }
  }
}
