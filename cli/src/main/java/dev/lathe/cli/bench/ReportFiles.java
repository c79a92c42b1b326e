package dev.lathe.cli.bench;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import dev.lathe.cli.option.UsageError;
import dev.lathe.runtime.metrics.StepRecord;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/// Files that a measurement is written to.
final class ReportFiles {
  private static final double NANOS_PER_MILLI = 1e6;

  private ReportFiles() {}

  /// Checked before anything is measured, so that no measurement is lost.
  ///
  /// @throws UsageError if the file's folder is not there
  static void requireFolder(String option, Optional<Path> file) {
    if (file.isPresent()) {
      Path folder = file.get().toAbsolutePath().getParent();
      if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(file.get())) {
        throw new UsageError(option + " " + file.get() + " cannot be written", "");
      }
    }
  }

  /// Writes the forms of a report that are wanted.
  static void write(MeasurementOptions wanted, Supplier<JsonObject> json, Supplier<String> page)
      throws IOException {
    if (wanted.reportJson.isPresent()) {
      Gson gson = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();
      Files.writeString(wanted.reportJson.get(), gson.toJson(json.get()) + "\n");
    }
    if (wanted.reportHtml.isPresent()) {
      Files.writeString(wanted.reportHtml.get(), page.get());
    }
  }

  /// One JSON object a step. Times count from the start of the first.
  static void writeSteps(Path file, List<StepRecord> steps) throws IOException {
    try (BufferedWriter writer = Files.newBufferedWriter(file)) {
      for (StepRecord step : steps) {
        writer.write(json(step, steps.getFirst().startNanos()).toString());
        writer.newLine();
      }
    }
  }

  private static JsonObject json(StepRecord step, long origin) {
    JsonObject json = new JsonObject();
    json.addProperty("step", step.number());
    json.addProperty("kind", step.kind().name().toLowerCase(Locale.ROOT));
    json.addProperty("start_ms", (step.startNanos() - origin) / NANOS_PER_MILLI);
    json.addProperty("step_ms", step.nanos() / NANOS_PER_MILLI);
    json.addProperty("tokens", step.tokens());
    json.addProperty("prompt_tokens", step.promptTokens());
    json.addProperty("sequences", step.sequences());
    json.addProperty("context_tokens", step.contextTokens());
    json.addProperty("waiting", step.waiting());
    json.addProperty("free_blocks", step.freeBlocks());
    return json;
  }
}
