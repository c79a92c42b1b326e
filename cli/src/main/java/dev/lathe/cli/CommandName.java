package dev.lathe.cli;

import dev.lathe.cli.bench.BenchCommand;
import dev.lathe.cli.build.BuildCommand;
import dev.lathe.cli.checkpoint.MakeCheckpointCommand;
import dev.lathe.cli.eval.EvalCommand;
import dev.lathe.cli.inspect.InspectCommand;
import dev.lathe.cli.option.LatheCommand;
import dev.lathe.cli.run.RunCommand;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;

/// The commands there are.
enum CommandName {
  BUILD("trtllm-build", BuildCommand::new),
  RUN("trtllm-run", RunCommand::new),
  INSPECT("trtllm-inspect", InspectCommand::new),
  EVAL("trtllm-eval", EvalCommand::new),
  BENCH("trtllm-bench", BenchCommand::new),
  MAKE_CHECKPOINT("trtllm-make-checkpoint", MakeCheckpointCommand::new);

  private final String text;

  @SuppressWarnings("ImmutableEnumChecker") // a constructor reference
  private final Supplier<LatheCommand> command;

  CommandName(String text, Supplier<LatheCommand> command) {
    this.text = text;
    this.command = command;
  }

  /// As it is typed: `trtllm-build`.
  String text() {
    return text;
  }

  LatheCommand newCommand() {
    return command.get();
  }

  /// The command of the given name; `trtllm-` may be left out.
  static Optional<CommandName> of(String name) {
    return Arrays.stream(values())
        .filter(command -> command.text.equals(name) || command.text.equals("trtllm-" + name))
        .findFirst();
  }
}
