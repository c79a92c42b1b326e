package dev.lathe.cli.build;

import com.google.gson.JsonObject;
import dev.lathe.cli.console.Amounts;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/// What a build did and what it took.
///
/// @param engineBytes size of the engine file
/// @param machineCode kernels with machine code besides their PTX
/// @param seconds by phase, in order
record BuildSummary(
    Path engine,
    String target,
    long engineBytes,
    int weights,
    long weightBytes,
    int kernels,
    int machineCode,
    TuningSummary tuning,
    SequencedMap<String, Double> seconds,
    MemoryWatch.Peak peak) {

  /// The phase in which the engine file is written.
  static final String WRITE = "write";

  List<String> lines() {
    return List.of(
        "engine    " + engine + ", " + Amounts.bytes(engineBytes) + " for " + target,
        "weights   "
            + weights
            + ", "
            + Amounts.bytes(weightBytes)
            + ", written at "
            + String.format(Locale.ROOT, "%.2f GB/s", gigabytesPerSecond()),
        "kernels   " + kernels + ", " + machineCode + " of them with machine code",
        "tuning    " + tuning.text(),
        "seconds   " + phases() + ", in all " + number(allSeconds()),
        "memory    at most "
            + Amounts.bytes(peak.heapBytes())
            + " of Java heap; resident "
            + Amounts.bytes(peak.anonymousBytes())
            + ", and "
            + Amounts.bytes(peak.fileBytes())
            + " of mapped files");
  }

  JsonObject json() {
    JsonObject json = new JsonObject();
    json.addProperty("engine", engine.toString());
    json.addProperty("target", target);
    json.addProperty("engine_bytes", engineBytes);
    json.addProperty("weights", weights);
    json.addProperty("weight_bytes", weightBytes);
    json.addProperty("kernels", kernels);
    json.addProperty("kernels_with_machine_code", machineCode);
    json.add("tuning", tuning.json());
    JsonObject byPhase = new JsonObject();
    seconds.forEach(byPhase::addProperty);
    json.add("seconds", byPhase);
    json.addProperty("seconds_in_all", allSeconds());
    json.addProperty("write_gigabytes_per_second", gigabytesPerSecond());
    JsonObject memory = new JsonObject();
    memory.addProperty("peak_heap_bytes", peak.heapBytes());
    memory.addProperty("peak_resident_anonymous_bytes", peak.anonymousBytes());
    memory.addProperty("peak_resident_file_bytes", peak.fileBytes());
    json.add("memory", memory);
    return json;
  }

  private double allSeconds() {
    return seconds.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  private double gigabytesPerSecond() {
    double writing = seconds.getOrDefault(WRITE, 0.0);
    return writing == 0 ? 0 : engineBytes / 1e9 / writing;
  }

  private String phases() {
    return seconds.entrySet().stream()
        .map(phase -> phase.getKey() + " " + number(phase.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static String number(double seconds) {
    return String.format(Locale.ROOT, "%.2f", seconds);
  }
}
