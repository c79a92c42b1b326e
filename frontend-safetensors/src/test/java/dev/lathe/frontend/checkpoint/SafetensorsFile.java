package dev.lathe.frontend.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// A safetensors file made by hand, right or wrong.
public record SafetensorsFile(byte[] content) {

  /// Header and data as given, with the header's true length before them.
  public static SafetensorsFile safetensors(String header, int dataBytes) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return raw(json.length, json, dataBytes);
  }

  /// The length claims what it likes.
  static SafetensorsFile raw(long headerBytes, byte[] header, int dataBytes) {
    return new SafetensorsFile(
        ByteBuffer.allocate(8 + header.length + dataBytes)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(headerBytes)
            .put(header)
            .array());
  }

  /// `"name":{...}` of one tensor.
  public static String entry(String name, String dtype, String shape, long begin, long end) {
    return "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
        .formatted(name, dtype, shape, begin, end);
  }

  /// Only its one tensor `a` is declared with the given members.
  static SafetensorsFile single(String members, int dataBytes) {
    return safetensors("{\"a\":{" + members + "}}", dataBytes);
  }

  Shard read() {
    return Shard.of("x.safetensors", MemorySegment.ofArray(content));
  }

  public Path write(Path file) {
    try {
      return Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
