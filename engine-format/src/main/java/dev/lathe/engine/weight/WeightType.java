package dev.lathe.engine.weight;

import dev.lathe.engine.type.DType;
import java.util.List;

/// What a [WeightExpr] evaluates to: a row-major tensor of a dtype with a whole number of bytes.
public record WeightType(DType dtype, List<Long> shape) {

  /// @throws IllegalStateException for a negative dimension, a size of over 63 bits, or a dtype
  ///     whose elements are no whole bytes
  public WeightType {
    shape = List.copyOf(shape);
    long bytes = dtype.bytes();
    try {
      for (long dim : shape) {
        if (dim < 0) {
          throw new IllegalStateException("negative dimension in " + shape);
        }
        bytes = Math.multiplyExact(bytes, dim);
      }
    } catch (ArithmeticException overflow) {
      throw new IllegalStateException("size of " + shape + " overflows", overflow);
    }
  }

  /// Product of the dimensions.
  public long elements() {
    return elementsFrom(0);
  }

  /// Size in bytes.
  public long bytes() {
    return elements() * dtype.bytes();
  }

  int rank() {
    return shape.size();
  }

  long dim(int axis) {
    return shape.get(axis);
  }

  /// Elements of one block of the given axis and those inside it; 1 for `axis == rank`.
  long elementsFrom(int axis) {
    return shape.subList(axis, shape.size()).stream().reduce(1L, (a, b) -> a * b);
  }

  /// `bf16 [4096, 512]`.
  @Override
  public String toString() {
    return dtype.text() + " " + shape;
  }
}
