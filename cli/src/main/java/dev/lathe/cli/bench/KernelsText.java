package dev.lathe.cli.bench;

import dev.lathe.cli.console.TextTable;
import dev.lathe.runtime.measure.PeakRate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/// The steps of a plan as a table.
final class KernelsText {
  private final KernelsReport report;

  KernelsText(KernelsReport report) {
    this.report = report;
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>(facts());
    lines.add("");
    lines.addAll(times().lines());
    lines.add("");
    lines.addAll(kernels().lines());
    refusals(lines);
    return lines;
  }

  /// What was measured, and what it is compared with.
  List<String> facts() {
    List<String> lines = new ArrayList<>();
    lines.add("plan      " + report.batch().text());
    lines.add(
        "copy      "
            + text("%.0f", report.rates().copyBytesPerSecond() / 1e9)
            + " GB/s"
            + " read and written on "
            + report.rates().gpu()
            + ", measured");
    lines.add("peak      " + report.rates().peak().map(KernelsText::peak).orElse("not known"));
    lines.add(
        isCompared()
            ? "torch     " + report.torch() + "; ratio: its time divided by Lathe's"
            : "torch     no comparison: " + report.torch());
    return lines;
  }

  private boolean isCompared() {
    return report.steps().stream()
        .anyMatch(step -> step.torch() instanceof KernelFigures.Torch.Timed);
  }

  private static String peak(PeakRate peak) {
    return text("%.0f", peak.flopsPerSecond() / 1e12) + " TFLOP/s, assumed for " + peak.gpu();
  }

  /// Time and work of each step.
  TextTable times() {
    boolean compared = isCompared();
    List<String> titles =
        new ArrayList<>(
            List.of("step", "times", "us each", "part %", "MB", "GB/s", "% of copy", "TFLOP/s"));
    titles.add("% of peak");
    if (compared) {
      titles.addAll(List.of("torch us", "ratio"));
    }
    TextTable table = new TextTable(titles.toArray(String[]::new));
    for (KernelFigures step : report.steps()) {
      table.row(row(step, compared).toArray());
    }
    List<Object> sum = new ArrayList<>(List.of("all", "", text("%.1f", report.allNanos() / 1e3)));
    while (sum.size() < titles.size()) {
      sum.add("");
    }
    table.row(sum.toArray());
    return table;
  }

  private List<Object> row(KernelFigures step, boolean compared) {
    boolean multiplies = step.cost().flops() > 0;
    List<Object> cells = new ArrayList<>();
    cells.add(step.group().name());
    cells.add(step.group().count());
    cells.add(text("%.2f", step.nanos() / 1e3));
    cells.add(text("%.1f", 100 * step.allNanos() / report.allNanos()));
    cells.add(text("%.2f", step.cost().bytes() / 1e6));
    cells.add(text("%.0f", step.bytesPerSecond() / 1e9));
    cells.add(text("%.1f", step.percentOfCopy()));
    cells.add(multiplies ? text("%.2f", step.flopsPerSecond() / 1e12) : "");
    cells.add(text("%.2f", step.percentOfPeak()));
    if (compared) {
      cells.add(
          step.torch() instanceof KernelFigures.Torch.Timed timed
              ? text("%.2f", timed.nanos() / 1e3)
              : "");
      cells.add(text("%.2f", step.torchRatio()));
    }
    return cells;
  }

  /// What each step does, and with what.
  TextTable kernels() {
    TextTable table = new TextTable("step", "does", "with the kernels", "torch");
    for (KernelFigures step : report.steps()) {
      table.row(
          step.group().name(),
          step.description().op() + " " + step.description().shape(),
          String.join(", ", step.group().kernels()),
          switch (step.torch()) {
            case KernelFigures.Torch.Timed(String method, boolean graph, double _) ->
                graph ? method : method + " (no graph)";
            case KernelFigures.Torch.Nothing _ -> "-";
            case KernelFigures.Torch.Refused _ -> "cannot";
          });
    }
    return table;
  }

  private void refusals(List<String> lines) {
    for (KernelFigures step : report.steps()) {
      if (step.torch() instanceof KernelFigures.Torch.Refused(String reason)) {
        lines.add("torch cannot do " + step.group().name() + ": " + reason);
      }
    }
  }

  private static String text(String format, OptionalDouble value) {
    return value.isPresent() ? text(format, value.getAsDouble()) : "";
  }

  private static String text(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
