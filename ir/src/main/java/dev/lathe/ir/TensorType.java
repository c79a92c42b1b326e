package dev.lathe.ir;

import dev.lathe.engine.type.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Shape and element type of a value. Text form: `tensor<T x 4096 x bf16>`.
public record TensorType(Shape shape, DType dtype) {
  private static final String OPEN = "tensor<";

  public static TensorType of(DType dtype, Dim... dims) {
    return new TensorType(Shape.of(dims), dtype);
  }

  public static TensorType of(DType dtype, long... dims) {
    return new TensorType(Shape.of(dims), dtype);
  }

  /// The type with the given [#text()].
  ///
  /// @throws IllegalArgumentException if the text is no type
  public static TensorType parse(String text) {
    if (!text.startsWith(OPEN) || !text.endsWith(">")) {
      throw new IllegalArgumentException("'" + text + "' is no tensor type");
    }
    String inside = text.substring(OPEN.length(), text.length() - 1);
    List<String> parts =
        new ArrayList<>(Arrays.stream(inside.split(" x ", -1)).map(String::strip).toList());
    DType dtype = DType.parse(parts.removeLast());
    return new TensorType(new Shape(parts.stream().map(Dim::parse).toList()), dtype);
  }

  public Dim dim(int axis) {
    return shape.dim(axis);
  }

  public int rank() {
    return shape.rank();
  }

  /// The innermost dimension as a number: the columns of a matrix.
  ///
  /// @throws IllegalStateException if it is symbolic
  public long columns() {
    return shape.constant(rank() - 1);
  }

  public TensorType with(DType other) {
    return new TensorType(shape, other);
  }

  public TensorType withDim(int axis, Dim dim) {
    return new TensorType(shape.with(axis, dim), dtype);
  }

  public String text() {
    return OPEN + (rank() == 0 ? "" : shape.text() + " x ") + dtype.text() + ">";
  }

  @Override
  public String toString() {
    return text();
  }
}
