package dev.lathe.cli.bench;

import dev.lathe.cli.option.UsageError;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/// What every measurement has: an engine, and files for its report.
final class MeasurementOptions {
  @Option(
      names = "--engine_dir",
      order = 100,
      paramLabel = "DIR",
      description = "Engine directory, or the .engine file itself. Default: engine_outputs.")
  Path engine = Path.of("engine_outputs");

  @Option(
      names = "--report_json",
      order = 130,
      paramLabel = "FILE",
      description = "Write the figures as a JSON object; docs/benchmarks.md explains the keys.")
  Optional<Path> reportJson = Optional.empty();

  @Option(
      names = "--report_html",
      order = 131,
      paramLabel = "FILE",
      description = "Write tables and plots as one HTML page that needs nothing else.")
  Optional<Path> reportHtml = Optional.empty();

  /// @throws UsageError for options that cannot be
  void check() {
    ReportFiles.requireFolder("--report_json", reportJson);
    ReportFiles.requireFolder("--report_html", reportHtml);
  }
}
