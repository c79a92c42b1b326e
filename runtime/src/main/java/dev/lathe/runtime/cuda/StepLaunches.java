package dev.lathe.runtime.cuda;

import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.KernelEntry;
import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.Ref;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/// The launches of one step outside of an engine, with all operands at fixed addresses: to check a
/// kernel, or to time it.
public final class StepLaunches {
  private final List<PreparedLaunch> launches = new ArrayList<>();

  /// A kernel that was loaded.
  public record Kernel(KernelEntry entry, CudaFunction function) {}

  /// @param step kind of step, for messages
  /// @param kernels by name
  /// @param addresses device address of each operand
  /// @param arena holds the arguments
  public StepLaunches(
      String step,
      List<Launch> launches,
      Function<String, Kernel> kernels,
      ToLongFunction<Ref> addresses,
      Arena arena) {
    this(step, launches, kernels, addresses, sharedPercent(launches, kernels), arena);
  }

  /// As in a plan whose kernels ask for `sharedPercent` of a multiprocessor's fast memory.
  StepLaunches(
      String step,
      List<Launch> launches,
      Function<String, Kernel> kernels,
      ToLongFunction<Ref> addresses,
      int sharedPercent,
      Arena arena) {
    for (Launch launch : launches) {
      Kernel kernel = kernels.apply(launch.kernel());
      this.launches.add(
          new PreparedLaunch(
              step,
              launch,
              kernel.function(),
              new LaunchMode(kernel.entry().startsEarly(), sharedPercent),
              arena,
              ref -> new EngineMemory.Place.Fixed(addresses.applyAsLong(ref))));
    }
  }

  /// What launches ask for that are by themselves.
  static int sharedPercent(List<Launch> launches, Function<String, Kernel> kernels) {
    return LaunchMode.sharedPercent(launches, name -> kernels.apply(name).function().sharedBytes());
  }

  /// Puts the launches into the stream, the first to start when all before it has ended.
  public void launch(CudaStream stream, Sizes sizes) {
    for (int i = 0; i < launches.size(); i++) {
      if (i == 0) {
        launches.get(i).launchAlone(stream, sizes, StepLaunches::noInput);
      } else {
        launches.get(i).launch(stream, sizes, StepLaunches::noInput);
      }
    }
  }

  /// As [#launch], after another kernel in the stream: the first may start while that one runs, if
  /// it waits itself.
  void launchAfterAnother(CudaStream stream, Sizes sizes) {
    for (PreparedLaunch launch : launches) {
      launch.launch(stream, sizes, StepLaunches::noInput);
    }
  }

  private static long noInput(Object input) {
    throw new IllegalStateException(input + " has no fixed address");
  }
}
