package dev.lathe.tests.layout;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/// A checkpoint in the layout of TensorRT-LLM, in memory, so that tests can spoil it.
///
/// @param config fields of `config.json`
/// @param ranks for each rank its tensors by name
record RankedCheckpoint(JsonObject config, List<TreeMap<String, HeldTensor>> ranks) {

  static RankedCheckpoint empty(JsonObject config, int ranks) {
    List<TreeMap<String, HeldTensor>> files = new ArrayList<>();
    for (int rank = 0; rank < ranks; rank++) {
      files.add(new TreeMap<>());
    }
    return new RankedCheckpoint(config, files);
  }

  HeldTensor tensor(int rank, String name) {
    return Objects.requireNonNull(ranks.get(rank).get(name), name);
  }

  /// Writes `config.json` and the files of the ranks.
  void write(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("config.json"), config.toString());
    for (int rank = 0; rank < ranks.size(); rank++) {
      Files.write(directory.resolve("rank" + rank + ".safetensors"), file(ranks.get(rank)));
    }
  }

  private static byte[] file(Map<String, HeldTensor> tensors) {
    var header = new JsonObject();
    var data = new ByteArrayOutputStream();
    tensors.forEach((name, tensor) -> {
      var entry = new JsonObject();
      entry.addProperty("dtype", tensor.dtype());
      var shape = new JsonArray();
      tensor.shape().forEach(shape::add);
      entry.add("shape", shape);
      var offsets = new JsonArray();
      offsets.add(data.size());
      data.writeBytes(tensor.bytes());
      offsets.add(data.size());
      entry.add("data_offsets", offsets);
      header.add(name, entry);
    });
    byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(Long.BYTES + json.length + data.size())
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .put(data.toByteArray())
        .array();
  }
}
