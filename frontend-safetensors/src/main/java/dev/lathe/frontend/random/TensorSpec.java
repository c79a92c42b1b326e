package dev.lathe.frontend.random;

import java.util.List;

/// A bfloat16 tensor to be generated.
///
/// @param shape outermost dimension first
record TensorSpec(String name, List<Long> shape) {
  private static final int ELEMENT_BYTES = 2;

  TensorSpec {
    shape = List.copyOf(shape);
  }

  long bytes() {
    return shape.stream().reduce((long) ELEMENT_BYTES, Math::multiplyExact);
  }

  /// True for the weight of a norm, which is 1 and not random.
  boolean isGain() {
    return shape.size() == 1 && name.endsWith(".weight");
  }
}
