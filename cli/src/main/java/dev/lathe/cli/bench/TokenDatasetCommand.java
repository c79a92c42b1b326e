package dev.lathe.cli.bench;

import dev.lathe.cli.console.Console;
import dev.lathe.cli.option.ForeignFlag;
import dev.lathe.cli.option.LatheCommand;
import dev.lathe.cli.option.UsageError;
import dev.lathe.engine.error.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Makes a dataset of random token ids.
@Command(
    name = "token-norm-dist",
    header = "makes requests of random token ids, with normally distributed lengths.")
final class TokenDatasetCommand extends LatheCommand {
  private static final int MOST = 1 << 24;

  @Mixin private DatasetOptions options = new DatasetOptions();

  @Option(
      names = "--vocab_size",
      order = 10,
      paramLabel = "N",
      description = "Ids are below this. Default: 32000.")
  private Optional<Integer> vocabulary = Optional.empty();

  @Option(
      names = "--engine_dir",
      order = 11,
      paramLabel = "DIR",
      description = "Engine whose vocabulary the ids come from, instead of --vocab_size.")
  private Optional<Path> engine = Optional.empty();

  @Override
  public List<ForeignFlag> foreignFlags() {
    return BenchForeignFlags.ofDatasets();
  }

  @Override
  public ExitCode run(Console console) throws IOException {
    options.check();
    if (vocabulary.isPresent() && engine.isPresent()) {
      throw UsageError.conflict("--vocab_size", "--engine_dir", "both tell the vocabulary");
    }
    UsageError.inRange("--vocab_size", vocabulary, 1, MOST);
    DatasetPreparation preparation = new DatasetPreparation(options);
    preparation.write(preparation.random(vocabulary, engine), console);
    return ExitCode.OK;
  }
}
