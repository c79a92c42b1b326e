package dev.lathe.tests.gpu;

import static org.assertj.core.api.Assertions.fail;

import dev.lathe.tests.cli.CommandLine;
import dev.lathe.tests.kernel.JavaCommand;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Commands that use the GPU, as processes.
final class GpuCommand {
  private static final int KILLED = 137;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /// Makes the driver wait after each launch: a failure then names its kernel.
  private static final Map<String, String> BLOCKING = Map.of("CUDA_LAUNCH_BLOCKING", "1");

  private GpuCommand() {}

  /// Runs a command of Lathe, written as [CommandLine#words] has it, and returns what it printed.
  /// If it fails, it is run once more such that the message names the kernel that failed, and the
  /// test fails with both. One that had to be killed is not tried again.
  static String run(String line, Object... values) {
    List<String> words = new ArrayList<>(List.of("dev.lathe.cli.Main"));
    words.addAll(List.of(CommandLine.words(line, values)));
    return runMain(words);
  }

  /// As [#run(String, Object...)], for any main class.
  static String runMain(List<String> mainAndArguments) {
    try {
      JavaCommand.Result first = JavaCommand.run(LIMIT, Map.of(), mainAndArguments);
      if (first.exitCode() == 0) {
        return first.output();
      }
      if (first.exitCode() == KILLED) {
        return fail(
            "%s%nwas killed after %s:%n%s"
                .formatted(String.join(" ", mainAndArguments), LIMIT, first.output()));
      }
      JavaCommand.Result second = JavaCommand.run(LIMIT, BLOCKING, mainAndArguments);
      return fail(
          "%s%nended with %d:%n%s%nwith launches that are waited for, it ended with %d:%n%s"
              .formatted(
                  String.join(" ", mainAndArguments),
                  first.exitCode(),
                  first.output(),
                  second.exitCode(),
                  second.output()));
    } catch (IOException exception) {
      throw new IllegalStateException(exception);
    } catch (InterruptedException exception) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(exception);
    }
  }
}
