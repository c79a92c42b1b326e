package dev.lathe.cli.npy;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads `.npy` files of versions 1.0 to 3.0 that hold int32, int64 or float32, little-endian,
/// row-major. Anything else is refused with the field that is wrong.
public final class NpyReader {
  private static final Pattern DTYPE = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
  private static final Pattern FORTRAN = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9, ]*)\\)");

  private NpyReader() {}

  /// The array in the file.
  ///
  /// @throws LatheException code `bad-npy`, exit code 2, if the file is not such an array
  public static NpyArray read(Path path) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
    try {
      return parse(path, bytes);
    } catch (BufferUnderflowException | ArithmeticException _) {
      throw bad(path, "it ends early, at byte " + bytes.limit());
    }
  }

  private static NpyArray parse(Path path, ByteBuffer bytes) {
    String header = header(path, bytes);
    if (field(path, FORTRAN, header, "fortran_order").equals("True")) {
      throw bad(path, "fortran_order is True; save a C-ordered array");
    }
    List<Integer> shape = shape(path, field(path, SHAPE, header, "shape"));
    int count = shape.stream().reduce(1, Math::multiplyExact);
    String dtype = field(path, DTYPE, header, "descr");
    int width = dtype.equals("<i8") ? Long.BYTES : Integer.BYTES;
    if (bytes.remaining() != Math.multiplyExact(count, width)) {
      throw bad(path, shape + " of " + dtype + " has not " + bytes.remaining() + " bytes");
    }
    return new NpyArray(shape, values(path, dtype, bytes, count));
  }

  private static String header(Path path, ByteBuffer bytes) {
    if (bytes.get() != (byte) 0x93 || !"NUMPY".equals(text(bytes, 5))) {
      throw bad(path, "it does not begin as a .npy file");
    }
    int major = bytes.get();
    bytes.get();
    int length = major == 1 ? Short.toUnsignedInt(bytes.getShort()) : bytes.getInt();
    if (length < 0 || length > bytes.remaining()) {
      throw bad(path, "its header has " + length + " bytes, the file " + bytes.limit());
    }
    return text(bytes, length);
  }

  private static String text(ByteBuffer bytes, int length) {
    byte[] chars = new byte[length];
    bytes.get(chars);
    return new String(chars, StandardCharsets.UTF_8);
  }

  private static String field(Path path, Pattern pattern, String header, String name) {
    Matcher matcher = pattern.matcher(header);
    if (!matcher.find()) {
      throw bad(path, "its header has no readable '" + name + "'");
    }
    return matcher.group(1);
  }

  private static List<Integer> shape(Path path, String text) {
    try {
      return Arrays.stream(text.split(","))
          .map(String::strip)
          .filter(part -> !part.isEmpty())
          .map(Integer::valueOf)
          .toList();
    } catch (NumberFormatException _) {
      throw bad(path, "its shape (" + text + ") is too large");
    }
  }

  private static double[] values(Path path, String dtype, ByteBuffer bytes, int count) {
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] =
          switch (dtype) {
            case "<i4" -> bytes.getInt();
            case "<i8" -> (double) bytes.getLong();
            case "<f4" -> bytes.getFloat();
            default -> throw bad(path, "its dtype is " + dtype + ", not <i4, <i8 or <f4");
          };
    }
    return values;
  }

  private static LatheException bad(Path path, String problem) {
    return new LatheException(
        ExitCode.USAGE,
        "bad-npy",
        path + " is no array that can be read: " + problem,
        "save int32, int64 or float32 with numpy.save");
  }
}
