package dev.lathe.cli.bench;

import dev.lathe.cli.console.Amounts;
import dev.lathe.cli.console.TextTable;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.runtime.measure.Distribution;
import dev.lathe.runtime.measure.Measurement;
import dev.lathe.runtime.measure.Roofline;
import dev.lathe.runtime.measure.ServingFigures;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A report as people read it.
final class ServingText {
  private final ServingReport report;
  private final ServingFigures figures;
  private final List<String> lines = new ArrayList<>();

  ServingText(ServingReport report) {
    this.report = report;
    this.figures = report.figures();
  }

  List<String> lines() {
    head();
    lines.add("");
    lines.addAll(times().lines());
    lines.add("");
    rates();
    report.roofline().ifPresent(this::roofline);
    return taken();
  }

  /// What was measured, and how much a second.
  List<String> facts() {
    head();
    rates();
    return taken();
  }

  /// How far from the hardware that is; empty on the CPU.
  List<String> rooflineFacts() {
    report.roofline().ifPresent(this::roofline);
    return taken();
  }

  private List<String> taken() {
    List<String> taken = List.copyOf(lines);
    lines.clear();
    return taken;
  }

  private void head() {
    Manifest.Model model = report.manifest().model();
    Measurement measured = report.measurement();
    fact(
        "engine",
        "%s, %s parameters, %s, on %s",
        model.architecture(),
        Amounts.count(model.parameters()),
        model.dtype().text(),
        report.device());
    fact(
        "requests",
        "%d, %s; in all %d prompt tokens and %d output tokens in %.2f s",
        measured.requests().size(),
        arrival(),
        measured.inputTokens(),
        measured.outputTokens(),
        figures.seconds());
    fact(
        "steps",
        "%d with %.1f sequences on average; %d interruptions; %d blocks of KV cache",
        measured.steps().size(),
        measured.steps().stream().mapToInt(step -> step.sequences()).average().orElse(0),
        report.interrupted(),
        report.kvBlocks());
  }

  private String arrival() {
    if (report.clients() > 0) {
      return report.clients() == 1 ? "one after the other" : report.clients() + " at a time";
    }
    return report.groupSize() > 0 ? "in batches of " + report.groupSize() : "all queued at once";
  }

  /// Milliseconds of requests.
  TextTable times() {
    TextTable table = new TextTable("ms", "mean", "P50", "P90", "P95", "P99", "max");
    row(table, "first token (TTFT)", figures.firstToken());
    row(table, "per output token (TPOT)", figures.perToken());
    row(table, "between tokens (ITL)", figures.betweenTokens());
    row(table, "whole request", figures.latency());
    return table;
  }

  private static void row(TextTable table, String name, Distribution values) {
    table.row(
        name,
        millis(values.mean()),
        millis(values.p50()),
        millis(values.p90()),
        millis(values.p95()),
        millis(values.p99()),
        millis(values.greatest()));
  }

  private static String millis(double value) {
    return String.format(Locale.ROOT, value < 100 ? "%.3f" : "%.1f", value);
  }

  private void rates() {
    fact(
        "a second",
        "%.1f output tokens (%.1f a user), %.1f tokens in all, %.3f requests",
        figures.outputTokens(),
        figures.outputTokensOfUser(),
        figures.allTokens(),
        figures.requests());
    if (figures.promptTokens() > 0) {
      fact(
          "prefill",
          "%.1f prompt tokens a second in the steps with prompts",
          figures.promptTokens());
    }
  }

  private void roofline(Roofline roofline) {
    fact(
        "copy",
        "%.0f GB/s read and written on %s, measured",
        roofline.rates().copyBytesPerSecond() / 1e9,
        roofline.rates().gpu());
    roofline
        .decode()
        .ifPresent(decode ->
            fact(
                "decode",
                "%.3f ms a step for %s of weights and KV cache: %.1f %% of the copy's bandwidth",
                decode.stepSeconds() * 1e3,
                Amounts.bytes((long) decode.bytesOfStep()),
                decode.percentOfCopy()));
    roofline.prefill().ifPresent(prefill -> prefill(roofline, prefill));
  }

  private void prefill(Roofline roofline, Roofline.Prefill prefill) {
    String peak =
        prefill.percentOfPeak().isEmpty()
            ? ""
            : String.format(
                Locale.ROOT,
                ", %.1f %% of the %.0f that are assumed as peak",
                prefill.percentOfPeak().getAsDouble(),
                roofline.rates().peak().orElseThrow().flopsPerSecond() / 1e12);
    fact(
        "prefill",
        "%.1f TFLOP/s in matrix products%s",
        prefill.flops() / prefill.seconds() / 1e12,
        peak);
  }

  private void fact(String name, String format, Object... values) {
    lines.add(String.format("%-9s ", name) + String.format(Locale.ROOT, format, values));
  }
}
