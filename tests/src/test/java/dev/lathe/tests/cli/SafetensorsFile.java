package dev.lathe.tests.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// A small safetensors file that is trusted: the expectations beside a golden model.
public final class SafetensorsFile {
  private final JsonObject header;
  private final ByteBuffer data;

  public SafetensorsFile(Path path) throws IOException {
    ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] json = new byte[Math.toIntExact(file.getLong())];
    file.get(json);
    header = JsonParser.parseString(new String(json, StandardCharsets.UTF_8)).getAsJsonObject();
    data = file.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  public boolean has(String name) {
    return header.has(name);
  }

  /// Elements of an F32, I32 or I64 tensor.
  public double[] values(String name) {
    JsonObject tensor = header.getAsJsonObject(name);
    JsonArray offsets = tensor.getAsJsonArray("data_offsets");
    String dtype = tensor.get("dtype").getAsString();
    int width = dtype.equals("I64") ? Long.BYTES : Integer.BYTES;
    int begin = offsets.get(0).getAsInt();
    double[] values = new double[(offsets.get(1).getAsInt() - begin) / width];
    for (int i = 0; i < values.length; i++) {
      int at = begin + i * width;
      values[i] =
          switch (dtype) {
            case "F32" -> data.getFloat(at);
            case "I32" -> data.getInt(at);
            case "I64" -> (double) data.getLong(at);
            default -> throw new IllegalStateException(name + " is " + dtype);
          };
    }
    return values;
  }

  public int[] ints(String name) {
    return java.util.Arrays.stream(values(name)).mapToInt(value -> (int) value).toArray();
  }
}
