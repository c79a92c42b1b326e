package dev.lathe.cli.eval;

import dev.lathe.cli.console.Console;
import dev.lathe.cli.option.LatheCommand;
import dev.lathe.cli.option.UsageError;
import dev.lathe.cli.wiring.DeviceChoice;
import dev.lathe.engine.error.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Measures the perplexity of a text.
@Command(
    name = "perplexity",
    header = "measures the perplexity of a text in windows of equal length.")
final class PerplexityCommand extends LatheCommand {
  @Option(
      names = "--engine_dir",
      order = 1,
      paramLabel = "DIR",
      description = "Engine directory, built with --gather_context_logits.")
  private Path engine = Path.of("engine_outputs");

  @Option(names = "--text", order = 2, paramLabel = "FILE", description = "The text, UTF-8.")
  private Optional<Path> text = Optional.empty();

  @Option(
      names = "--window",
      order = 3,
      paramLabel = "N",
      description = "Tokens of a window; the last, shorter one is dropped. Default: 512.")
  private int window = 512;

  @Option(
      names = "--max_perplexity",
      order = 4,
      paramLabel = "X",
      description = "End with exit code 1 if the perplexity is greater.")
  private Optional<Double> bound = Optional.empty();

  @Option(
      names = "--device",
      order = 5,
      paramLabel = "DEVICE",
      description = "auto (default), cuda or cpu.")
  private DeviceChoice device = DeviceChoice.AUTO;

  /// The work is done by a class of its own: help need not load what it needs.
  @Override
  public ExitCode run(Console console) throws IOException {
    Path file =
        text.orElseThrow(() -> new UsageError("there is no text to measure", "give --text FILE"));
    UsageError.inRange("--window", window, 2, 1 << 24);
    new PerplexityRun(engine, device, file, window, bound)
        .run(console, output().log(console), output().json());
    return ExitCode.OK;
  }
}
