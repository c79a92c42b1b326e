package dev.lathe.tests.layout;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lathe.frontend.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A checkpoint in the layout of Hugging Face, in memory.
///
/// @param config fields of `config.json`
/// @param tensors by name
record PlainCheckpoint(JsonObject config, TreeMap<String, HeldTensor> tensors) {

  static PlainCheckpoint of(Path model) throws IOException {
    String config = Files.readString(model.resolve("config.json"));
    TreeMap<String, HeldTensor> tensors = new TreeMap<>();
    try (Checkpoint checkpoint = Checkpoint.open(model)) {
      for (String name : checkpoint.tensors().keySet()) {
        tensors.put(name, HeldTensor.of(checkpoint.tensor(name)));
      }
    }
    return new PlainCheckpoint(JsonParser.parseString(config).getAsJsonObject(), tensors);
  }

  String architecture() {
    return config.getAsJsonArray("architectures").get(0).getAsString();
  }

  /// The norms as they are after the 1 that a model adds has been added, rounded, and taken away.
  PlainCheckpoint withRoundedNorms() {
    TreeMap<String, HeldTensor> rounded = new TreeMap<>();
    tensors.forEach((name, tensor) ->
        rounded.put(name, name.contains("norm.") ? tensor.plus(1).plus(-1) : tensor));
    return new PlainCheckpoint(config, rounded);
  }

  /// Without the tensors whose names begin so, as a model of that architecture.
  PlainCheckpoint without(String prefix, String architecture) {
    TreeMap<String, HeldTensor> fewer = new TreeMap<>(tensors);
    fewer.keySet().removeIf(name -> name.startsWith(prefix));
    JsonObject changed = config.deepCopy();
    changed.add("architectures", JsonParser.parseString("[\"" + architecture + "\"]"));
    return new PlainCheckpoint(changed, fewer);
  }

  void write(Path directory) throws IOException {
    new RankedCheckpoint(config, List.of(new TreeMap<>(Map.copyOf(tensors)))).write(directory);
    Files.move(directory.resolve("rank0.safetensors"), directory.resolve("model.safetensors"));
  }
}
