package dev.lathe.cli.build;

import dev.lathe.cli.console.Console;
import dev.lathe.cli.option.ForeignFlag;
import dev.lathe.cli.option.LatheCommand;
import dev.lathe.cli.wiring.MachineGpu;
import dev.lathe.engine.error.ExitCode;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParseResult;

/// Compiles a checkpoint into an engine.
@Command(
    header = "compiles a checkpoint into an engine for one kind of GPU.",
    customSynopsis = "trtllm-build --checkpoint_dir DIR [--output_dir DIR] [OPTION]...",
    description = {
      "",
      "Reads a checkpoint, compiles it, and writes an engine directory that trtllm-run runs."
    },
    footer = {
      "",
      "Examples:",
      "  trtllm-build --checkpoint_dir llama-3-8b --output_dir engine --max_batch_size 64",
      "  trtllm-build --checkpoint_dir llama-3-8b --dry_run",
      "",
      "Exit codes:",
      "  0 done; 1 failure; 2 usage; 3 no usable GPU; 4 bad or unsupported model; 6 out of memory."
    })
public final class BuildCommand extends LatheCommand {
  @Mixin private BuildOptions options = new BuildOptions();

  @Override
  public List<ForeignFlag> foreignFlags() {
    return BuildForeignFlags.all();
  }

  @Override
  public List<String> furtherArguments(ParseResult given) throws IOException {
    return options.model.buildConfig.isPresent()
        ? new BuildConfigFile(options.model.buildConfig.get()).arguments(given)
        : List.of();
  }

  /// The work is done by a class of its own: help need not load what a build needs.
  @Override
  public ExitCode run(Console console) throws IOException {
    BuildRequest request = BuildRequest.of(options);
    new BuildRun(request, new MachineGpu(), console, output().log(console), output().json()).run();
    return ExitCode.OK;
  }
}
