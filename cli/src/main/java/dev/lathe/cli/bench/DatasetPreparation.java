package dev.lathe.cli.bench;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lathe.cli.console.Console;
import dev.lathe.cli.option.UsageError;
import dev.lathe.cli.wiring.EngineDirectory;
import dev.lathe.engine.file.EngineFile;
import dev.lathe.engine.file.EngineReader;
import dev.lathe.engine.file.Progress;
import dev.lathe.runtime.DeviceChoice;
import dev.lathe.runtime.Engine;
import dev.lathe.runtime.EngineOptions;
import dev.lathe.runtime.text.Tokenizer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;

/// Makes the requests of a dataset and writes them.
final class DatasetPreparation {
  private static final int DEFAULT_VOCABULARY = 32_000;

  private final DatasetOptions options;

  DatasetPreparation(DatasetOptions options) {
    this.options = options;
  }

  /// Where prompts come from.
  interface Prompts {
    int[] next(int tokens, Random random);
  }

  /// Random ids.
  Prompts random(Optional<Integer> vocabulary, Optional<Path> engine) {
    int size =
        engine
            .map(DatasetPreparation::vocabularyOf)
            .or(() -> vocabulary)
            .orElse(DEFAULT_VOCABULARY);
    return (tokens, random) -> random.ints(tokens, 0, size).toArray();
  }

  private static int vocabularyOf(Path place) {
    Path path = EngineDirectory.engineFile(place);
    try (EngineFile file =
        EngineReader.open(path, new EngineReader.Options(false, 1, Progress.NONE))) {
      return file.manifest().model().vocabularySize();
    }
  }

  /// Pieces of a text from random places.
  ///
  /// @throws UsageError if the text is shorter than a prompt
  Prompts pieces(Path text, Path place) throws IOException {
    int[] ids = encoded(Files.readString(text), EngineDirectory.engineFile(place));
    return (tokens, random) -> {
      if (tokens > ids.length) {
        throw new UsageError(
            "--text has " + ids.length + " tokens, fewer than a prompt of " + tokens,
            "lower --input_mean or --input_stdev");
      }
      int[] piece = new int[tokens];
      System.arraycopy(ids, random.nextInt(ids.length - tokens + 1), piece, 0, tokens);
      return piece;
    };
  }

  private static int[] encoded(String text, Path engine) {
    try (Engine loaded = Engine.load(engine, EngineOptions.DEFAULT.withDevice(DeviceChoice.CPU))) {
      Tokenizer tokenizer =
          loaded.tokenizer().orElseThrow(() -> new UsageError("the engine has no tokenizer", ""));
      return tokenizer.encode(text, false);
    }
  }

  /// Writes all requests, to the file if there is one, else to standard output.
  void write(Prompts prompts, Console console) throws IOException {
    if (options.file.isEmpty()) {
      print(prompts, console.out());
      return;
    }
    try (PrintStream out = new PrintStream(options.file.get().toFile(), StandardCharsets.UTF_8)) {
      print(prompts, out);
      if (out.checkError()) {
        throw new IOException(options.file.get() + " cannot be written");
      }
    }
  }

  private void print(Prompts prompts, PrintStream out) {
    Random random = new Random(options.seed);
    for (int task = 0; task < options.requests; task++) {
      int input = length(options.inputMean, options.inputDeviation, random);
      int output = length(options.outputMean, options.outputDeviation, random);
      JsonArray ids = new JsonArray();
      for (int id : prompts.next(input, random)) {
        ids.add(id);
      }
      JsonObject line = new JsonObject();
      line.addProperty("task_id", task);
      line.add("input_ids", ids);
      line.addProperty("output_tokens", output);
      out.println(line);
    }
  }

  /// A normally distributed length, at least 1.
  private static int length(int mean, double deviation, Random random) {
    return (int) Math.max(1, Math.round(mean + deviation * random.nextGaussian()));
  }
}
