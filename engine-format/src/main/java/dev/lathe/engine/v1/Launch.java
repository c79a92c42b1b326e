package dev.lathe.engine.v1;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import java.util.List;
import java.util.stream.Stream;

/// One launch of a kernel: grid in blocks, from the sizes of the batch; arguments in the order of
/// the kernel's parameters. A launch with an empty grid is skipped.
///
/// @param kernel name of a [KernelEntry]; block size and shared memory are the kernel's own
public record Launch(
    String kernel, SizeExpr gridX, SizeExpr gridY, SizeExpr gridZ, List<Argument> arguments) {
  public Launch {
    arguments = List.copyOf(arguments);
  }

  /// The buffers and weights that arguments name, in order.
  public Stream<Ref> refs() {
    return arguments.stream()
        .flatMap(argument ->
            switch (argument) {
              case Argument.Pointer(Ref ref) -> Stream.of(ref);
              case Argument.Tensor(TensorMap map) -> Stream.of(map.ref());
              case Argument.Size _, Argument.Int _, Argument.Float _ -> Stream.empty();
            });
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

    /// A view for the tensor memory accelerator: 128 bytes that the loader encodes.
    record Tensor(TensorMap map) implements Argument {}
  }

  /// How the tensor memory accelerator sees a buffer or weight: the fields of a `CUtensorMap` of
  /// the tiled kind, without interleaving, with zeros outside of the bounds. Starts at the
  /// operand's first byte.
  ///
  /// @param dtype of an element; 16 or 32 bits, or 8
  /// @param dims elements of each dimension, the innermost first; at most 5
  /// @param strideBytes distance of neighbours in each dimension but the innermost, multiples of 16
  /// @param box elements that one copy moves in each dimension, at most 256 each
  /// @param swizzleBytes 0, 32, 64 or 128: the span in which chunks of 16 bytes are permuted; the
  ///     bytes of the innermost box dimension are no more than that
  public record TensorMap(
      Ref ref,
      DType dtype,
      List<Long> dims,
      List<Long> strideBytes,
      List<Integer> box,
      int swizzleBytes) {
    public TensorMap {
      dims = List.copyOf(dims);
      strideBytes = List.copyOf(strideBytes);
      box = List.copyOf(box);
    }

    /// Bytes from the first to behind the last element.
    ///
    /// @throws ArithmeticException if they are more than a long holds
    public long spanBytes() {
      long last = Math.multiplyExact(dims.getFirst() - 1, dtype.bytes());
      for (int i = 1; i < dims.size(); i++) {
        long steps = Math.multiplyExact(dims.get(i) - 1, strideBytes.get(i - 1));
        last = Math.addExact(last, steps);
      }
      return Math.addExact(last, dtype.bytes());
    }

    /// Bytes of shared memory that one copy fills.
    public int boxBytes() {
      return box.stream().reduce(dtype.bytes(), Math::multiplyExact);
    }
  }
}
