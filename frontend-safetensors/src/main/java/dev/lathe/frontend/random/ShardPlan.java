package dev.lathe.frontend.random;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Which tensors go into which file.
///
/// @param fileName as the Hugging Face library names shards
record ShardPlan(String fileName, List<TensorSpec> tensors) {
  private static final int LENGTH_BYTES = 8;

  ShardPlan {
    tensors = List.copyOf(tensors);
  }

  /// Tensors in order; a file is ended before it would grow beyond `maxBytes`.
  static List<ShardPlan> of(List<TensorSpec> tensors, long maxBytes) {
    List<List<TensorSpec>> groups = new ArrayList<>();
    long bytes = Long.MAX_VALUE;
    for (TensorSpec tensor : tensors) {
      if (bytes > maxBytes - tensor.bytes()) {
        groups.add(new ArrayList<>());
        bytes = 0;
      }
      groups.getLast().add(tensor);
      bytes += tensor.bytes();
    }
    List<ShardPlan> plans = new ArrayList<>();
    for (int i = 0; i < groups.size(); i++) {
      plans.add(new ShardPlan(fileName(i, groups.size()), groups.get(i)));
    }
    return plans;
  }

  private static String fileName(int index, int count) {
    return count == 1
        ? "model.safetensors"
        : String.format("model-%05d-of-%05d.safetensors", index + 1, count);
  }

  /// The header with its length before it, padded to 8 bytes.
  ByteBuffer header() {
    var header = new JsonObject();
    var metadata = new JsonObject();
    metadata.addProperty("format", "pt");
    header.add("__metadata__", metadata);
    long offset = 0;
    for (TensorSpec tensor : tensors) {
      header.add(tensor.name(), entry(tensor, offset));
      offset += tensor.bytes();
    }
    String text = header.toString();
    byte[] json = (text + " ".repeat(-text.length() & 7)).getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(LENGTH_BYTES + json.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .flip();
  }

  private static JsonObject entry(TensorSpec tensor, long offset) {
    var shape = new JsonArray();
    tensor.shape().forEach(shape::add);
    var offsets = new JsonArray();
    offsets.add(offset);
    offsets.add(offset + tensor.bytes());
    var entry = new JsonObject();
    entry.addProperty("dtype", "BF16");
    entry.add("shape", shape);
    entry.add("data_offsets", offsets);
    return entry;
  }
}
