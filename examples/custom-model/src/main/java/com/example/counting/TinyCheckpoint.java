package com.example.counting;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// Writes a checkpoint whose model counts: after token t it says t + 1, modulo 64.
///
/// The embedding of token t is the unit vector of t. Attention adds nothing. The feed-forward layer
/// sees `8 * unit(t)`; its first 64 columns are that, its last 64 the negative of it. After the
/// squared ReLU they are 64 and 0, and the way back makes `4 * unit(t + 1)` of the first. Without
/// the square, t would win over t + 1; without the ReLU, the last 64 columns would say t + 5.
public final class TinyCheckpoint {
  private static final int SIZE = 64;

  private TinyCheckpoint() {}

  /// @param arguments the directory, which is created
  public static void main(String[] arguments) throws IOException {
    Path directory = Files.createDirectories(Path.of(arguments[0]));
    Files.writeString(
        directory.resolve("config.json"),
        """
        {
          "architectures": ["CountingForCausalLM"],
          "dtype": "bfloat16",
          "hidden_act": "relu2",
          "hidden_size": 64,
          "intermediate_size": 128,
          "num_hidden_layers": 1,
          "num_attention_heads": 1,
          "rms_norm_eps": 1e-6,
          "vocab_size": 64
        }
        """);
    Files.write(directory.resolve("model.safetensors"), safetensors(tensors()));
  }

  /// A float32 tensor.
  private record Tensor(float[] values, int... shape) {}

  /// An element of a matrix.
  private interface Element {
    float at(int row, int column);
  }

  private static Tensor matrix(int rows, int columns, Element element) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = element.at(i / columns, i % columns);
    }
    return new Tensor(values, rows, columns);
  }

  private static Tensor ones() {
    return new Tensor(matrix(1, SIZE, (row, column) -> 1).values(), SIZE);
  }

  private static Map<String, Tensor> tensors() {
    Element unit = (row, column) -> row == column ? 1 : 0;
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("embed.weight", matrix(SIZE, SIZE, unit));
    tensors.put("layers.0.norm1.weight", ones());
    for (String module : new String[] {"q", "k", "v"}) {
      tensors.put("layers.0." + module + ".weight", matrix(SIZE, SIZE, unit));
    }
    tensors.put("layers.0.out.weight", matrix(SIZE, SIZE, (row, column) -> 0));
    tensors.put("layers.0.norm2.weight", ones());
    tensors.put(
        "layers.0.up.weight",
        matrix(2 * SIZE, SIZE, (row, column) -> row % SIZE != column ? 0 : row < SIZE ? 1 : -1));
    tensors.put("layers.0.down.weight", matrix(SIZE, 2 * SIZE, TinyCheckpoint::down));
    tensors.put("norm.weight", ones());
    tensors.put("head.weight", matrix(SIZE, SIZE, unit));
    return tensors;
  }

  private static float down(int row, int column) {
    if (column < SIZE) {
      return row == (column + 1) % SIZE ? 1 / 16f : 0;
    }
    return row == (column - SIZE + 5) % SIZE ? -4 : 0;
  }

  /// Length of the header, header, tensors: the safetensors format.
  private static byte[] safetensors(Map<String, Tensor> tensors) {
    var header = new StringBuilder("{");
    var data = new ByteArrayOutputStream();
    tensors.forEach((name, tensor) -> {
      int begin = data.size();
      var bytes =
          ByteBuffer.allocate(tensor.values().length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(tensor.values());
      data.writeBytes(bytes.array());
      header.append(header.length() > 1 ? "," : "");
      header.append(
          "\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
              .formatted(name, Arrays.toString(tensor.shape()), begin, data.size()));
    });
    byte[] json = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(Long.BYTES + json.length + data.size())
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .put(data.toByteArray())
        .array();
  }
}
