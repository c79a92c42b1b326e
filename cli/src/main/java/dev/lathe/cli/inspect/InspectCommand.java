package dev.lathe.cli.inspect;

import dev.lathe.cli.console.Console;
import dev.lathe.cli.option.LatheCommand;
import dev.lathe.cli.option.OutputOptions;
import dev.lathe.engine.error.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Prints what is inside an engine.
@Command(
    header = "tells what is inside an engine.",
    customSynopsis = "trtllm-inspect ENGINE [OPTION]",
    description = {
      "",
      "Without an option: the model, its limits and memory, the plans, the kernels, the weights."
    },
    footer = {
      "",
      "Examples:",
      "  trtllm-inspect engine --plan decode",
      "  trtllm-inspect engine --why layers.0.qkv",
      "  trtllm-inspect engine --verify && echo intact",
      "",
      "Exit codes:",
      "  0 done, and with --diff: equal; 1 failure, or different; 2 usage; 5 bad engine."
    })
public final class InspectCommand implements LatheCommand {
  @ArgGroup(exclusive = false, validate = false, order = 100, heading = OutputOptions.HEADING)
  private OutputOptions output = new OutputOptions();

  @Parameters(
      arity = "0..1",
      paramLabel = "ENGINE",
      description = "Engine directory, or the .engine file itself.")
  private Optional<Path> engine = Optional.empty();

  @ArgGroup(exclusive = true, multiplicity = "0..1")
  private Question question = new Question();

  /// What to tell; one thing at a time.
  static final class Question {
    @Option(names = "--verify", order = 1, description = "Check the digest of every entry.")
    boolean verify;

    @Option(
        names = "--ptx",
        order = 2,
        paramLabel = "NAME",
        description = "The PTX text of a kernel.")
    Optional<String> ptx = Optional.empty();

    @Option(names = "--graph", order = 3, description = "The graph that was compiled.")
    boolean graph;

    @Option(
        names = "--plan",
        order = 4,
        paramLabel = "PROFILE",
        description = "The steps of a plan in order; the beginning of its name is enough.")
    Optional<String> plan = Optional.empty();

    @Option(
        names = "--why",
        order = 5,
        paramLabel = "STEP",
        description = "What a step computes, with which kernel and why, on which weights.")
    Optional<String> why = Optional.empty();

    @Option(
        names = "--diff",
        order = 6,
        paramLabel = "OTHER",
        description = "What differs from another engine.")
    Optional<Path> diff = Optional.empty();

    @Option(
        names = "--plugins",
        order = 7,
        description = "The extensions that this installation loads, with their origin.")
    boolean plugins;
  }

  @Override
  public OutputOptions output() {
    return output;
  }

  @Override
  public ExitCode run(Console console) throws IOException {
    throw new IllegalStateException("not wired " + engine + question);
  }
}
