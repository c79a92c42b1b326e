package dev.lathe.runtime.cuda;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which engines run on which GPU. A target with the suffix `a` has instructions of one compute
/// capability alone; PTX of any other runs on every newer GPU.
final class Targets {
  private static final Pattern TARGET = Pattern.compile("sm_(\\d+)(\\d)(a?)");

  private Targets() {}

  /// @throws LatheException `wrong-target`, exit code 5
  static void check(String target, Availability.Available gpu) {
    if (!runs(target, gpu.capability())) {
      throw new LatheException(
          ExitCode.BAD_ENGINE,
          "wrong-target",
          "the engine was built for %s, but %s has compute capability %s"
              .formatted(target, gpu.name(), gpu.capability()),
          "Build the engine for this GPU.");
    }
  }

  /// True if PTX for the target runs.
  static boolean runs(String target, ComputeCapability gpu) {
    Matcher matcher = TARGET.matcher(target);
    if (!matcher.matches()) {
      return false;
    }
    ComputeCapability built = capability(matcher);
    return isExact(matcher)
        ? built.equals(gpu)
        : gpu.major() > built.major()
            || (gpu.major() == built.major() && gpu.minor() >= built.minor());
  }

  /// True if machine code for the target runs, which ties it to one major number.
  static boolean runsMachineCode(String target, ComputeCapability gpu) {
    Matcher matcher = TARGET.matcher(target);
    return runs(target, gpu) && matcher.matches() && capability(matcher).major() == gpu.major();
  }

  private static boolean isExact(Matcher matcher) {
    return matcher.group(3).equals("a");
  }

  private static ComputeCapability capability(Matcher matcher) {
    return new ComputeCapability(
        Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
  }
}
