package dev.lathe.engine.weight;

import dev.lathe.engine.type.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// The meaning of a weight expression, one element at a time and in doubles, by multi-index.
final class NaiveWeights {
  private final TensorSource source;

  NaiveWeights(TensorSource source) {
    this.source = source;
  }

  List<Double> values(WeightExpr expr) {
    WeightType type = new WeightEvaluator(source).type(expr);
    List<Double> values = new ArrayList<>();
    for (long i = 0; i < type.elements(); i++) {
      values.add(at(expr, unflatten(i, type.shape())));
    }
    return values;
  }

  private double at(WeightExpr expr, long[] index) {
    return switch (expr) {
      case WeightExpr.Tensor(String name) -> {
        TensorSource.SourceTensor tensor = source.tensor(name);
        yield element(tensor.dtype(), tensor.data(), flatten(index, tensor.shape()));
      }
      case WeightExpr.Concat(int axis, List<WeightExpr> parts) -> {
        long[] inner = index.clone();
        for (WeightExpr part : parts) {
          long size = shape(part).get(axis);
          if (inner[axis] < size) {
            yield at(part, inner);
          }
          inner[axis] -= size;
        }
        throw new IllegalStateException("outside");
      }
      case WeightExpr.Slice slice -> {
        long[] inner = index.clone();
        inner[slice.axis()] += slice.begin();
        yield at(slice.source(), inner);
      }
      case WeightExpr.Transpose(WeightExpr inner) -> at(inner, new long[] {index[1], index[0]});
      case WeightExpr.Reshape(WeightExpr inner, List<Long> shape) ->
          at(inner, unflatten(flatten(index, shape), shape(inner)));
      case WeightExpr.Interleave(WeightExpr first, WeightExpr second, int rows) -> {
        long block = index[0] / rows;
        long[] inner = index.clone();
        inner[0] = block / 2 * rows + index[0] % rows;
        yield at(block % 2 == 0 ? first : second, inner);
      }
      case WeightExpr.Cast(WeightExpr inner, DType to) -> round(at(inner, index), to);
      case WeightExpr.Scale(WeightExpr inner, double factor) ->
          round((float) at(inner, index) * (float) factor, dtype(inner));
      case WeightExpr.Shift(WeightExpr inner, double addend) ->
          round((float) at(inner, index) + (float) addend, dtype(inner));
      case WeightExpr.Fill(DType dtype, List<Long> _, double value) -> round(value, dtype);
      case WeightExpr.Numbers(List<Double> values) -> round(values.get((int) index[0]), DType.F32);
      case WeightExpr.Random random -> {
        float[] one = new float[1];
        new NormalNumbers(random.seed(), random.mean(), random.standardDeviation())
            .fill(flatten(index, random.shape()), one, 1);
        yield round(one[0], random.dtype());
      }
      case WeightExpr.RotaryTable(long _, List<Double> frequencies, double magnitude) -> {
        int half = frequencies.size();
        double angle = index[0] * frequencies.get((int) index[1] % half);
        yield (float) ((index[1] < half ? Math.cos(angle) : Math.sin(angle)) * magnitude);
      }
    };
  }

  /// The nearest value of a type, ties to even, by scaling to whole units in the last place.
  static double round(double value, DType dtype) {
    int fractionBits = dtype == DType.BF16 ? 7 : dtype == DType.F16 ? 10 : 23;
    int leastExponent = dtype == DType.F16 ? -14 : -126;
    double greatest = dtype == DType.F16 ? 65504 : (2 - Math.scalb(1.0, -fractionBits)) * 0x1p127;
    if (dtype == DType.F64 || Double.isNaN(value) || Double.isInfinite(value)) {
      return value;
    }
    int exponent = Math.max(Math.getExponent(value), leastExponent) - fractionBits;
    double rounded = Math.scalb(Math.rint(Math.scalb(value, -exponent)), exponent);
    return Math.abs(rounded) > greatest ? Math.copySign(Double.POSITIVE_INFINITY, value) : rounded;
  }

  static double element(DType dtype, MemorySegment data, long index) {
    return switch (dtype) {
      case F64 -> data.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, index * 8);
      case F32 -> data.get(ValueLayout.JAVA_FLOAT_UNALIGNED, index * 4);
      case F16 -> Float.float16ToFloat(data.get(ValueLayout.JAVA_SHORT_UNALIGNED, index * 2));
      case BF16 ->
          Float.intBitsToFloat(data.get(ValueLayout.JAVA_SHORT_UNALIGNED, index * 2) << 16);
      default -> throw new IllegalStateException("no naive " + dtype);
    };
  }

  private List<Long> shape(WeightExpr expr) {
    return new WeightEvaluator(source).type(expr).shape();
  }

  private DType dtype(WeightExpr expr) {
    return new WeightEvaluator(source).type(expr).dtype();
  }

  private static long flatten(long[] index, List<Long> shape) {
    long flat = 0;
    for (int i = 0; i < index.length; i++) {
      flat = flat * shape.get(i) + index[i];
    }
    return flat;
  }

  private static long[] unflatten(long flat, List<Long> shape) {
    long[] index = new long[shape.size()];
    long rest = flat;
    for (int i = index.length - 1; i >= 0; i--) {
      index[i] = rest % shape.get(i);
      rest /= shape.get(i);
    }
    return index;
  }
}
