package dev.lathe.runtime.cuda;

import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.BatchInput;
import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.Launch.Argument;
import dev.lathe.engine.v1.Ref;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// One launch of a plan with its arguments in native memory. Addresses of weights, activations and
/// caches are written once; sizes and addresses of inputs for each batch.
final class PreparedLaunch {
  private final String label;
  private final CudaFunction function;
  private final Launch launch;
  private final LaunchMode mode;
  private final LaunchMode alone;
  private final KernelArguments arguments;
  private final List<SizeArgument> sizeArguments = new ArrayList<>();
  private final List<InputArgument> inputArguments = new ArrayList<>();

  private record SizeArgument(int index, SizeExpr expr) {}

  private record InputArgument(int index, BatchInput input) {}

  /// @param step kind of step that it belongs to, for its label
  /// @param arena holds the arguments
  /// @param places where each operand lies
  PreparedLaunch(
      String step,
      Launch launch,
      CudaFunction function,
      LaunchMode mode,
      Arena arena,
      Function<Ref, EngineMemory.Place> places) {
    this.label = step + " " + launch.kernel();
    this.function = function;
    this.launch = launch;
    this.mode = mode;
    this.alone = mode.alone();
    this.arguments = new KernelArguments(arena, launch.arguments().size());
    for (int i = 0; i < launch.arguments().size(); i++) {
      set(i, launch.arguments().get(i), places);
    }
  }

  private void set(int index, Argument argument, Function<Ref, EngineMemory.Place> places) {
    switch (argument) {
      case Argument.Pointer(Ref ref) -> {
        switch (places.apply(ref)) {
          case EngineMemory.Place.Fixed(long address) -> arguments.putLong(index, address);
          case EngineMemory.Place.Input(BatchInput input) ->
              inputArguments.add(new InputArgument(index, input));
        }
      }
      case Argument.Size(SizeExpr expr) -> sizeArguments.add(new SizeArgument(index, expr));
      case Argument.Int(int value) -> arguments.putInt(index, value);
      case Argument.Float(float value) -> arguments.putFloat(index, value);
      case Argument.Tensor(Launch.TensorMap map) ->
          arguments.putTensor(index, map, fixedAddress(map.ref(), places));
    }
  }

  private static long fixedAddress(Ref ref, Function<Ref, EngineMemory.Place> places) {
    return switch (places.apply(ref)) {
      case EngineMemory.Place.Fixed(long address) -> address;
      case EngineMemory.Place.Input _ ->
          throw new IllegalStateException("a tensor map of the input " + ref);
    };
  }

  /// Name of the step's op and of the kernel.
  String label() {
    return label;
  }

  /// Puts the launch into the stream; an empty grid is skipped.
  ///
  /// @param inputs where the batch lies that the launch is for
  void launch(CudaStream stream, Sizes sizes, InputPlaces inputs) {
    launch(stream, sizes, inputs, mode);
  }

  /// [#launch] that starts only when all before it has ended.
  void launchAlone(CudaStream stream, Sizes sizes, InputPlaces inputs) {
    launch(stream, sizes, inputs, alone);
  }

  private void launch(CudaStream stream, Sizes sizes, InputPlaces inputs, LaunchMode how) {
    int gridX = Math.toIntExact(launch.gridX().evaluate(sizes));
    int gridY = Math.toIntExact(launch.gridY().evaluate(sizes));
    int gridZ = Math.toIntExact(launch.gridZ().evaluate(sizes));
    if (gridX == 0 || gridY == 0 || gridZ == 0) {
      return;
    }
    for (int i = 0; i < sizeArguments.size(); i++) {
      SizeArgument argument = sizeArguments.get(i);
      arguments.putInt(argument.index(), Math.toIntExact(argument.expr().evaluate(sizes)));
    }
    for (int i = 0; i < inputArguments.size(); i++) {
      InputArgument argument = inputArguments.get(i);
      arguments.putLong(argument.index(), inputs.address(argument.input()));
    }
    function.launch(stream, gridX, gridY, gridZ, arguments, how);
  }
}
