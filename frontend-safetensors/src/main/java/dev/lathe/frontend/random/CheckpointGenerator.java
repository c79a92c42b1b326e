package dev.lathe.frontend.random;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import dev.lathe.frontend.checkpoint.CheckpointFile;
import dev.lathe.frontend.config.ConfigFields;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongConsumer;

/// Writes checkpoints with generated weights: bfloat16, normal with a deviation of 0.02 (the table
/// of embeddings 1.28, what is added to the residual stream 0.00125), the weights of norms 1.
/// Memory is one buffer a thread. `config.json` is written last: a directory without it is
/// unfinished.
public final class CheckpointGenerator {
  private static final Gson JSON = new GsonBuilder().setPrettyPrinting().create();
  private static final int MAX_TOKEN = 1 << 24;

  private CheckpointGenerator() {}

  /// What was written.
  ///
  /// @param parameters elements of all tensors
  /// @param bytes of all tensors
  public record Summary(int tensors, long parameters, long bytes, int files) {}

  /// Writes a checkpoint.
  ///
  /// @param progress told the bytes of each part that is done, by many threads
  /// @throws LatheException with the code `directory-not-empty` if the directory holds anything
  public static Summary generate(GenerationRequest request, LongConsumer progress)
      throws IOException {
    Path directory = Files.createDirectories(request.directory());
    requireEmpty(directory);
    List<TensorSpec> tensors = ModelTensors.of(request.shape());
    List<ShardPlan> shards = ShardPlan.of(tensors, request.shardBytes());
    var values = new GeneratedValues(request.seed());
    for (ShardPlan shard : shards) {
      new ShardWriter(directory.resolve(shard.fileName()), shard, values, progress)
          .write(request.threads());
    }
    long bytes = tensors.stream().mapToLong(TensorSpec::bytes).sum();
    if (shards.size() > 1) {
      Files.writeString(directory.resolve("model.safetensors.index.json"), index(shards, bytes));
    }
    if (request.tokenizerFrom().isPresent()) {
      copyTokenizer(request.tokenizerFrom().get(), directory);
    }
    writeGenerationConfig(request.shape(), directory);
    Files.write(directory.resolve(CheckpointFile.CONFIG.fileName()), request.shape().config());
    return new Summary(tensors.size(), bytes / 2, bytes, shards.size());
  }

  private static void requireEmpty(Path directory) throws IOException {
    try (var entries = Files.list(directory)) {
      if (entries.findAny().isPresent()) {
        throw new LatheException(
            ExitCode.FAILURE,
            "directory-not-empty",
            directory + ": is not empty",
            "give a directory that is empty or not there yet");
      }
    }
  }

  private static String index(List<ShardPlan> shards, long bytes) {
    var metadata = new JsonObject();
    metadata.addProperty("total_size", bytes);
    var weightMap = new JsonObject();
    for (ShardPlan shard : shards) {
      for (TensorSpec tensor : shard.tensors()) {
        weightMap.addProperty(tensor.name(), shard.fileName());
      }
    }
    var index = new JsonObject();
    index.add("metadata", metadata);
    index.add("weight_map", weightMap);
    return JSON.toJson(index) + "\n";
  }

  private static void copyTokenizer(Path source, Path directory) throws IOException {
    boolean found = false;
    for (CheckpointFile file : CheckpointFile.TOKENIZER) {
      Path from = source.resolve(file.fileName());
      if (Files.isRegularFile(from)) {
        Files.copy(from, directory.resolve(file.fileName()));
        found = true;
      }
    }
    if (!found) {
      throw new LatheException(
          ExitCode.USAGE,
          "no-tokenizer",
          source + ": has no tokenizer files",
          "give a directory with tokenizer.json");
    }
  }

  private static void writeGenerationConfig(ModelShape shape, Path directory) throws IOException {
    ConfigFields config = ConfigFields.parse(shape.name() + ".json", shape.config());
    var generation = new JsonObject();
    for (String field : List.of("bos_token_id", "eos_token_id")) {
      config.integer(field, 0, MAX_TOKEN).ifPresent(token -> generation.addProperty(field, token));
    }
    Path file = directory.resolve(CheckpointFile.GENERATION_CONFIG.fileName());
    Files.writeString(file, JSON.toJson(generation) + "\n", StandardCharsets.UTF_8);
  }
}
