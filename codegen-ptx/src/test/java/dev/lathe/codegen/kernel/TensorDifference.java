package dev.lathe.codegen.kernel;

import dev.lathe.engine.type.DType;
import java.util.Locale;

/// Compares tensors: integers exactly, floats up to rounding of their dtype and of float32 sums in
/// another order.
final class TensorDifference {
  private TensorDifference() {}

  static void check(String label, Tensor actual, Tensor expected, float absolute) {
    for (int i = 0; i < expected.elements(); i++) {
      if (!equal(actual, expected, i, absolute)) {
        throw new AssertionError(
            String.format(
                Locale.ROOT,
                "%s[%s]: %s, expected %s",
                label,
                place(expected, i),
                text(actual, i),
                text(expected, i)));
      }
    }
  }

  private static boolean equal(Tensor actual, Tensor expected, int i, float absolute) {
    if (!expected.dtype.isFloat()) {
      return text(actual, i).equals(text(expected, i));
    }
    float a = actual.get(i);
    float e = expected.get(i);
    return a == e
        || (Float.isNaN(a) && Float.isNaN(e))
        || Math.abs(a - e) <= relative(expected.dtype) * Math.abs(e) + absolute;
  }

  private static float relative(DType dtype) {
    return switch (dtype) {
      case F16 -> 0x1.1p-10f;
      case BF16 -> 0x1.1p-7f;
      default -> 2e-5f;
    };
  }

  private static String text(Tensor tensor, int i) {
    return switch (tensor.dtype) {
      case I32 -> Integer.toString(tensor.getInt(i));
      case I64 -> Long.toString(tensor.getLong(i));
      default -> Float.toString(tensor.get(i));
    };
  }

  private static String place(Tensor tensor, int index) {
    StringBuilder place = new StringBuilder();
    int rest = index;
    for (int axis = tensor.shape.size() - 1; axis >= 0; axis--) {
      place.insert(0, (axis == 0 ? "" : ", ") + rest % tensor.size(axis));
      rest /= tensor.size(axis);
    }
    return place.toString();
  }
}
