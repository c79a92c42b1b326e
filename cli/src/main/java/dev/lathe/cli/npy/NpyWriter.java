package dev.lathe.cli.npy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Writes a matrix to a `.npy` file row by row, so that no second copy of it is ever in memory.
/// Source: NumPy, "A simple file format for NumPy arrays", version 1.0.
public final class NpyWriter implements AutoCloseable {
  /// Length of everything before the data is a multiple of this.
  private static final int ALIGNMENT = 64;

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};

  private final FileChannel file;
  private final Path path;
  private final long rows;
  private final int columns;
  private long rowsWritten;

  private NpyWriter(Path path, String dtype, long rows, int columns) throws IOException {
    this.path = path;
    this.rows = rows;
    this.columns = columns;
    this.file =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING);
    writeAll(header(dtype, "(" + rows + ", " + columns + ")"));
  }

  /// A file of float32, shape `(rows, columns)`; call [#row(float\[\])] for each row.
  public static NpyWriter floats(Path path, long rows, int columns) throws IOException {
    return new NpyWriter(path, "<f4", rows, columns);
  }

  /// A file of int32, shape `(rows, columns)`; call [#row(int\[\])] for each row.
  public static NpyWriter ints(Path path, long rows, int columns) throws IOException {
    return new NpyWriter(path, "<i4", rows, columns);
  }

  public void row(float[] values) throws IOException {
    ByteBuffer bytes = nextRow(values.length);
    bytes.asFloatBuffer().put(values);
    writeAll(bytes);
  }

  public void row(int[] values) throws IOException {
    ByteBuffer bytes = nextRow(values.length);
    bytes.asIntBuffer().put(values);
    writeAll(bytes);
  }

  private ByteBuffer nextRow(int length) {
    if (length != columns || rowsWritten == rows) {
      throw new IllegalStateException(
          "row "
              + rowsWritten
              + " of "
              + length
              + " values in a file of "
              + rows
              + " x "
              + columns);
    }
    rowsWritten++;
    return ByteBuffer.allocate(Math.multiplyExact(columns, 4)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer header(String dtype, String shape) {
    String text = "{'descr': '" + dtype + "', 'fortran_order': False, 'shape': " + shape + ", }";
    int before = MAGIC.length + Short.BYTES;
    int padding = Math.floorMod(-(before + text.length() + 1), ALIGNMENT);
    String padded = text + " ".repeat(padding) + "\n";
    return ByteBuffer.allocate(before + padded.length())
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(MAGIC)
        .putShort((short) padded.length())
        .put(padded.getBytes(StandardCharsets.US_ASCII))
        .flip();
  }

  private void writeAll(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      file.write(bytes);
    }
  }

  /// Closes a file that will not be completed.
  public void abandon() throws IOException {
    file.close();
  }

  @Override
  public void close() throws IOException {
    file.close();
    if (rowsWritten != rows) {
      throw new IllegalStateException(path + " has " + rowsWritten + " of " + rows + " rows");
    }
  }
}
