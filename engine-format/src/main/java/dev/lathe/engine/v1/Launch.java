package dev.lathe.engine.v1;

import dev.lathe.engine.type.SizeExpr;
import java.util.List;

/// One launch of a kernel: grid in blocks, from the sizes of the batch; arguments in the order of
/// the kernel's parameters. A launch with an empty grid is skipped.
///
/// @param kernel name of a [KernelEntry]; block size and shared memory are the kernel's own
public record Launch(
    String kernel, SizeExpr gridX, SizeExpr gridY, SizeExpr gridZ, List<Argument> arguments) {
  public Launch {
    arguments = List.copyOf(arguments);
  }

  /// One kernel argument.
  public sealed interface Argument {

    /// Device address of a buffer or weight: 8 bytes.
    record Pointer(Ref ref) implements Argument {}

    /// A size of the batch, u32.
    record Size(SizeExpr expr) implements Argument {}

    /// A constant, s32.
    record Int(int value) implements Argument {}

    /// A constant, f32.
    record Float(float value) implements Argument {}
  }
}
