package dev.lathe.runtime.cuda;

import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.StepOp;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/// How a launch meets the kernels before and after it.
///
/// @param early true if it may start while the kernel before it still runs: the kernel waits itself
///     before it touches what others write (`griddepcontrol.wait`), and what is before it in the
///     stream is a kernel too. Compute capability 9.0
/// @param sharedPercent part of a multiprocessor's fast memory that is shared memory; the rest is
///     L1. A kernel with another part than the one before it has to wait until a multiprocessor is
///     idle, so all kernels of a plan ask for the same one
public record LaunchMode(boolean early, int sharedPercent) {
  private static final int HALF = 50;
  private static final int ALL = 100;

  /// Shared memory of one multiprocessor with compute capability 9.0.
  private static final int MULTIPROCESSOR_BYTES = 228 * 1024;

  public LaunchMode {
    if (sharedPercent < 0 || sharedPercent > 100) {
      throw new IllegalArgumentException(sharedPercent + " % shared memory");
    }
  }

  /// The part that suits a plan. Its products decide, for they take most of the time: those that
  /// read weights through L1 need room there for reads under way, and half of the fast memory is
  /// enough for the rest; those with tiles in shared memory need it all. What most of them need,
  /// all get: a kernel that needs more gets it by itself, and then waits for those before it.
  ///
  /// @param sharedBytes shared memory of a block, by name of the kernel
  static int sharedPercent(Plan plan, ToIntFunction<String> sharedBytes) {
    Map<Integer, Long> products =
        plan.steps().stream()
            .filter(step -> step.op() instanceof StepOp.Product)
            .map(step -> sharedPercent(step.launches(), sharedBytes))
            .collect(Collectors.groupingBy(percent -> percent, Collectors.counting()));
    return products.getOrDefault(ALL, 0L) > products.getOrDefault(HALF, 0L) ? ALL : HALF;
  }

  /// The part that launches need which are by themselves.
  static int sharedPercent(List<Launch> launches, ToIntFunction<String> sharedBytes) {
    int most = launches.stream().map(Launch::kernel).mapToInt(sharedBytes).max().orElse(0);
    return 2 * most <= MULTIPROCESSOR_BYTES ? HALF : ALL;
  }

  /// The same, but after all that is before it has ended.
  LaunchMode alone() {
    return new LaunchMode(false, sharedPercent);
  }
}
