package dev.lathe.cli.bench;

import dev.lathe.cli.console.Console;
import dev.lathe.cli.option.LatheCommand;
import dev.lathe.cli.option.UsageError;
import dev.lathe.engine.error.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Makes a dataset of pieces of a text.
@Command(
    name = "text",
    header = "makes requests of pieces of a text, with normally distributed lengths.")
final class TextDatasetCommand extends LatheCommand {
  @Mixin private DatasetOptions options = new DatasetOptions();

  @Option(names = "--text", order = 10, paramLabel = "FILE", description = "The text, UTF-8.")
  private Optional<Path> text = Optional.empty();

  @Option(
      names = "--engine_dir",
      order = 11,
      paramLabel = "DIR",
      description = "Engine whose tokenizer splits the text. Default: engine_outputs.")
  private Path engine = Path.of("engine_outputs");

  @Override
  public ExitCode run(Console console) throws IOException {
    options.check();
    Path file =
        text.orElseThrow(() -> new UsageError("there is no text to cut", "give --text FILE"));
    DatasetPreparation preparation = new DatasetPreparation(options);
    preparation.write(preparation.pieces(file, engine), console);
    return ExitCode.OK;
  }
}
