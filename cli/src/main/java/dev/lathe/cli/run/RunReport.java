package dev.lathe.cli.run;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lathe.cli.console.TextTable;
import dev.lathe.runtime.device.StepExecutor.KernelTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/// What a run gave and took, as lines and as JSON.
///
/// @param device description of what it ran on
/// @param loadNanos until requests could be made
/// @param nanos from the first request to the last output
/// @param reusedTokens tokens that were not computed, because KV cache blocks with them were
///     reused; empty unless that was asked for
/// @param kernels time by kernel; empty unless it was measured
record RunReport(
    String device,
    List<Output> outputs,
    long loadNanos,
    long nanos,
    OptionalLong reusedTokens,
    List<KernelTime> kernels) {
  RunReport {
    outputs = List.copyOf(outputs);
    kernels = List.copyOf(kernels);
  }

  /// Prompts and outputs, in the words of TensorRT-LLM's `run.py`.
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (Output output : outputs) {
      boolean hasText = output.asked() instanceof Prompt.Text;
      if (output.sequence() == 0) {
        lines.add(
            "Input [" + (hasText ? "Text " : "Tokens ") + output.prompt() + "]: " + asked(output));
      }
      String kind = hasText ? "Text " : "Tokens ";
      String place = "Output [" + kind + output.prompt() + " Beam " + output.sequence() + "]: ";
      lines.add(
          place
              + (hasText
                  ? "\"" + output.result().text() + "\""
                  : joined(output.result().tokens())));
    }
    return lines;
  }

  private static String asked(Output output) {
    return switch (output.asked()) {
      case Prompt.Text(String text) -> "\"" + text + "\"";
      case Prompt.Tokens(List<Integer> ids) -> joined(ids);
    };
  }

  private static String joined(List<Integer> ids) {
    return ids.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  /// One line about speed.
  String summary() {
    return String.format(
        Locale.ROOT,
        "%d prompt tokens%s, %d output tokens in %.2f s: %.1f output tokens/s; first token after"
            + " %.0f ms; loaded in %.2f s",
        promptTokens(),
        reusedTokens.isPresent() ? " (" + reusedTokens.getAsLong() + " reused)" : "",
        outputTokens(),
        nanos / 1e9,
        tokensPerSecond(),
        firstTokenNanos() / 1e6,
        loadNanos / 1e9);
  }

  private long promptTokens() {
    return outputs.stream()
        .filter(output -> output.sequence() == 0)
        .mapToLong(output -> output.promptTokens().size())
        .sum();
  }

  private long outputTokens() {
    return outputs.stream().mapToLong(output -> output.result().tokens().size()).sum();
  }

  private double tokensPerSecond() {
    return nanos == 0 ? 0 : outputTokens() / (nanos / 1e9);
  }

  private long firstTokenNanos() {
    return outputs.stream()
        .mapToLong(output -> output.result().usage().firstTokenNanos())
        .filter(first -> first > 0)
        .min()
        .orElse(0);
  }

  /// Time by kernel, the longest first, and the sum of all.
  List<String> profile() {
    long all = kernels.stream().mapToLong(KernelTime::nanos).sum();
    TextTable table = new TextTable("step and kernel", "launches", "ms", "us each", "part");
    kernels.stream()
        .sorted(Comparator.comparingLong(KernelTime::nanos).reversed())
        .forEach(kernel ->
            table.row(
                kernel.step(),
                kernel.launches(),
                number("%.2f", kernel.nanos() / 1e6),
                number("%.2f", kernel.nanos() / 1e3 / Math.max(1, kernel.launches())),
                number("%.1f %%", 100.0 * kernel.nanos() / Math.max(1, all))));
    long launches = kernels.stream().mapToLong(KernelTime::launches).sum();
    table.row("all", launches, number("%.2f", all / 1e6), "", "");
    return table.lines();
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  JsonObject json() {
    JsonObject json = new JsonObject();
    json.addProperty("device", device);
    json.add("outputs", outputsJson());
    json.addProperty("prompt_tokens", promptTokens());
    reusedTokens.ifPresent(reused -> json.addProperty("reused_tokens", reused));
    json.addProperty("output_tokens", outputTokens());
    json.addProperty("seconds", nanos / 1e9);
    json.addProperty("output_tokens_per_second", tokensPerSecond());
    json.addProperty("load_seconds", loadNanos / 1e9);
    if (!kernels.isEmpty()) {
      json.add("kernels", kernelsJson());
    }
    return json;
  }

  private JsonArray outputsJson() {
    JsonArray array = new JsonArray();
    for (Output output : outputs) {
      JsonObject json = new JsonObject();
      json.addProperty("prompt", output.prompt());
      json.addProperty("sequence", output.sequence());
      json.addProperty("text", output.result().text());
      JsonArray tokens = new JsonArray();
      output.result().tokens().forEach(tokens::add);
      json.add("tokens", tokens);
      json.addProperty(
          "finish_reason", output.result().finishReason().name().toLowerCase(Locale.ROOT));
      json.addProperty("prompt_tokens", output.promptTokens().size());
      json.addProperty("first_token_seconds", output.result().usage().firstTokenNanos() / 1e9);
      json.addProperty("seconds", output.result().usage().totalNanos() / 1e9);
      array.add(json);
    }
    return array;
  }

  private JsonArray kernelsJson() {
    JsonArray array = new JsonArray();
    for (KernelTime kernel : kernels) {
      JsonObject json = new JsonObject();
      json.addProperty("step", kernel.step());
      json.addProperty("launches", kernel.launches());
      json.addProperty("seconds", kernel.nanos() / 1e9);
      array.add(json);
    }
    return array;
  }
}
