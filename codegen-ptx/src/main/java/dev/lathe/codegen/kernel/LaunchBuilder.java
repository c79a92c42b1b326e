package dev.lathe.codegen.kernel;

import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.asm.Parameter;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.Launch.Argument;
import dev.lathe.engine.v1.Ref;
import java.util.ArrayList;
import java.util.List;

/// Puts a launch together and checks it against the kernel's parameters:
///
/// ```java
/// LaunchBuilder.of(kernel).grid(SizeExpr.TOKENS).pointer(op.in()).size(SizeExpr.TOKENS).build()
/// ```
public final class LaunchBuilder {
  private final Kernel kernel;
  private final List<Argument> arguments = new ArrayList<>();
  private SizeExpr gridX = SizeExpr.of(1);
  private SizeExpr gridY = SizeExpr.of(1);
  private SizeExpr gridZ = SizeExpr.of(1);

  private LaunchBuilder(Kernel kernel) {
    this.kernel = kernel;
  }

  public static LaunchBuilder of(Kernel kernel) {
    return new LaunchBuilder(kernel);
  }

  /// Blocks along x.
  public LaunchBuilder grid(SizeExpr x) {
    return grid(x, SizeExpr.of(1), SizeExpr.of(1));
  }

  /// Blocks along x, y, z; y and z at most 65535.
  public LaunchBuilder grid(SizeExpr x, SizeExpr y, SizeExpr z) {
    gridX = x;
    gridY = y;
    gridZ = z;
    return this;
  }

  public LaunchBuilder pointer(Ref ref) {
    return argument(Parameter.Kind.POINTER, new Argument.Pointer(ref));
  }

  public LaunchBuilder size(SizeExpr size) {
    return argument(Parameter.Kind.SIZE, new Argument.Size(size));
  }

  public LaunchBuilder integer(int value) {
    return argument(Parameter.Kind.INT, new Argument.Int(value));
  }

  public LaunchBuilder real(float value) {
    return argument(Parameter.Kind.FLOAT, new Argument.Float(value));
  }

  public LaunchBuilder tensor(Launch.TensorMap map) {
    return argument(Parameter.Kind.TENSOR_MAP, new Argument.Tensor(map));
  }

  private LaunchBuilder argument(Parameter.Kind kind, Argument argument) {
    int position = arguments.size();
    List<Parameter> parameters = kernel.parameters();
    if (position >= parameters.size() || parameters.get(position).kind() != kind) {
      throw new IllegalStateException(
          kernel.name() + " takes " + parameters + ", not " + kind + " at " + position);
    }
    arguments.add(argument);
    return this;
  }

  /// The launch.
  ///
  /// @throws IllegalStateException if arguments are missing
  public Launch build() {
    if (arguments.size() != kernel.parameters().size()) {
      throw new IllegalStateException(
          kernel.name() + " takes " + kernel.parameters() + ", not " + arguments.size());
    }
    return new Launch(kernel.name(), gridX, gridY, gridZ, arguments);
  }
}
