package dev.lathe.cli.run;

import picocli.CommandLine.ArgGroup;

/// Everything that can be said to `trtllm-run`, by theme.
final class RunOptions {
  @ArgGroup(exclusive = false, validate = false, order = 1, heading = "%nEngine%n")
  EngineOptions engine = new EngineOptions();

  @ArgGroup(exclusive = false, validate = false, order = 2, heading = "%nPrompts%n")
  PromptOptions prompts = new PromptOptions();

  @ArgGroup(exclusive = false, validate = false, order = 3, heading = "%nChoice of tokens%n")
  SamplingOptions sampling = new SamplingOptions();

  @ArgGroup(exclusive = false, validate = false, order = 4, heading = "%nResults%n")
  ResultOptions results = new ResultOptions();
}
