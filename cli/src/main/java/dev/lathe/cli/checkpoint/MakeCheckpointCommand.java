package dev.lathe.cli.checkpoint;

import com.google.gson.JsonObject;
import dev.lathe.cli.console.Amounts;
import dev.lathe.cli.console.Console;
import dev.lathe.cli.console.Log;
import dev.lathe.cli.option.LatheCommand;
import dev.lathe.cli.option.UsageError;
import dev.lathe.engine.error.ExitCode;
import dev.lathe.frontend.random.CheckpointGenerator;
import dev.lathe.frontend.random.GenerationRequest;
import dev.lathe.frontend.random.ModelShape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Writes a checkpoint with generated weights.
@Command(
    header = "writes a checkpoint with generated weights, for tests and benchmarks.",
    customSynopsis = "trtllm-make-checkpoint NAME DIR")
public final class MakeCheckpointCommand extends LatheCommand {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "NAME",
      description = "Shape of the model; without a name, the shapes there are are listed.")
  private Optional<String> name = Optional.empty();

  @Parameters(index = "1", arity = "0..1", paramLabel = "DIR", description = "Where it goes.")
  private Optional<Path> directory = Optional.empty();

  @Option(
      names = "--tokenizer_from",
      order = 1,
      paramLabel = "DIR",
      description = "Checkpoint whose tokenizer is copied; without one, prompts are token ids.")
  private Optional<Path> tokenizerFrom = Optional.empty();

  @Override
  public ExitCode run(Console console) throws IOException {
    if (name.isEmpty()) {
      ModelShape.names().forEach(console.out()::println);
      return ExitCode.OK;
    }
    ModelShape shape = ModelShape.named(name.get());
    Path target =
        directory.orElseThrow(
            () -> new UsageError("there is no DIR", "trtllm-make-checkpoint NAME DIR"));
    GenerationRequest plain = GenerationRequest.of(shape, target);
    GenerationRequest request = tokenizerFrom.map(plain::withTokenizerFrom).orElse(plain);
    Log log = output().log(console);
    LongAdder written = new LongAdder();
    CheckpointGenerator.Summary summary =
        CheckpointGenerator.generate(
            request,
            bytes -> {
              written.add(bytes);
              log.progress(Amounts.bytes(written.sum()));
            });
    print(summary, target, console);
    return ExitCode.OK;
  }

  private void print(CheckpointGenerator.Summary summary, Path target, Console console) {
    if (output().json()) {
      JsonObject json = new JsonObject();
      json.addProperty("directory", target.toString());
      json.addProperty("tensors", summary.tensors());
      json.addProperty("parameters", summary.parameters());
      json.addProperty("bytes", summary.bytes());
      json.addProperty("files", summary.files());
      console.out().println(json);
    } else {
      console
          .out()
          .println(
              target
                  + ": "
                  + Amounts.count(summary.parameters())
                  + " parameters, "
                  + Amounts.bytes(summary.bytes())
                  + " in "
                  + summary.files()
                  + " files");
    }
  }
}
