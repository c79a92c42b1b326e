package dev.lathe.engine.weight;

import dev.lathe.engine.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// The type rules of weight expressions. An ill-typed expression is a bug of whoever built it:
/// [IllegalStateException] with the text of the expression.
public final class WeightTypes {
  private final Function<String, WeightType> tensors;

  private WeightTypes(Function<String, WeightType> tensors) {
    this.tensors = tensors;
  }

  /// The type of an expression.
  ///
  /// @param tensors type of each checkpoint tensor, by name
  public static WeightType infer(WeightExpr expr, Function<String, WeightType> tensors) {
    return new WeightTypes(tensors).type(expr);
  }

  private WeightType type(WeightExpr expr) {
    return switch (expr) {
      case WeightExpr.Tensor(String name) -> tensors.apply(name);
      case WeightExpr.Concat concat -> concat(concat);
      case WeightExpr.Slice slice -> slice(slice);
      case WeightExpr.Transpose(WeightExpr source) -> transpose(expr, type(source));
      case WeightExpr.Reshape(WeightExpr source, List<Long> shape) -> {
        WeightType from = type(source);
        WeightType to = new WeightType(from.dtype(), shape);
        require(from.elements() == to.elements(), expr, from + " does not have as many elements");
        yield to;
      }
      case WeightExpr.Interleave interleave -> interleave(interleave);
      case WeightExpr.Cast(WeightExpr source, DType to) -> {
        WeightType from = type(source);
        require(isCastable(from.dtype()) && isCastable(to), expr, "no cast from " + from.dtype());
        yield new WeightType(to, from.shape());
      }
      case WeightExpr.Scale(WeightExpr source, double _) -> arithmetic(expr, type(source));
      case WeightExpr.Shift(WeightExpr source, double _) -> arithmetic(expr, type(source));
      case WeightExpr.Fill(DType dtype, List<Long> shape, double _) -> {
        require(isCastable(dtype), expr, "no fill of " + dtype);
        yield new WeightType(dtype, shape);
      }
      case WeightExpr.Numbers(List<Double> values) ->
          new WeightType(DType.F32, List.of((long) values.size()));
      case WeightExpr.Random random ->
          arithmetic(expr, new WeightType(random.dtype(), random.shape()));
      case WeightExpr.RotaryTable(long positions, List<Double> frequencies, double _) ->
          new WeightType(DType.F32, List.of(positions, 2L * frequencies.size()));
    };
  }

  private WeightType concat(WeightExpr.Concat concat) {
    List<WeightType> parts = concat.parts().stream().map(this::type).toList();
    int axis = concat.axis();
    require(!parts.isEmpty(), concat, "no parts");
    WeightType first = parts.getFirst();
    requireAxis(axis, first, concat);
    long sum = 0;
    for (WeightType part : parts) {
      require(
          part.dtype() == first.dtype()
              && part.rank() == first.rank()
              && withDim(part, axis, 0).equals(withDim(first, axis, 0)),
          concat,
          part + " does not continue " + first);
      sum += part.dim(axis);
    }
    return withDim(first, axis, sum);
  }

  private WeightType slice(WeightExpr.Slice slice) {
    WeightType source = type(slice.source());
    requireAxis(slice.axis(), source, slice);
    require(
        0 <= slice.begin()
            && slice.begin() <= slice.end()
            && slice.end() <= source.dim(slice.axis()),
        slice,
        "outside " + source);
    return withDim(source, slice.axis(), slice.end() - slice.begin());
  }

  private static WeightType transpose(WeightExpr expr, WeightType source) {
    require(source.rank() == 2, expr, source + " is no matrix");
    return new WeightType(source.dtype(), List.of(source.dim(1), source.dim(0)));
  }

  private WeightType interleave(WeightExpr.Interleave interleave) {
    WeightType first = type(interleave.first());
    WeightType second = type(interleave.second());
    require(first.equals(second), interleave, second + " is not as " + first);
    requireAxis(0, first, interleave);
    require(
        interleave.rows() > 0 && first.dim(0) % interleave.rows() == 0,
        interleave,
        first + " is not made of blocks of " + interleave.rows() + " rows");
    return withDim(first, 0, Math.multiplyExact(2, first.dim(0)));
  }

  private static WeightType arithmetic(WeightExpr expr, WeightType type) {
    require(type.dtype().isFloat(), expr, "no arithmetic on " + type.dtype());
    return type;
  }

  private static boolean isCastable(DType dtype) {
    return dtype.isFloat() || dtype == DType.F64;
  }

  private static WeightType withDim(WeightType type, int axis, long dim) {
    List<Long> shape = new ArrayList<>(type.shape());
    shape.set(axis, dim);
    return new WeightType(type.dtype(), shape);
  }

  private static void requireAxis(int axis, WeightType type, WeightExpr expr) {
    require(0 <= axis && axis < type.rank(), expr, type + " has no axis " + axis);
  }

  private static void require(boolean holds, WeightExpr expr, String problem) {
    if (!holds) {
      throw new IllegalStateException(WeightText.of(expr) + ": " + problem);
    }
  }
}
