package dev.lathe.frontend.checkpoint;

import dev.lathe.engine.type.DType;
import java.util.List;

/// A tensor as the header of a safetensors file declares it.
///
/// @param file the safetensors file that it lies in
/// @param shape outermost dimension first; empty for a scalar
/// @param begin first byte, counted from the end of the header
/// @param end byte after the last
public record TensorEntry(
    String name, String file, DType dtype, List<Long> shape, long begin, long end) {

  /// Bytes of the tensor.
  public long bytes() {
    return end - begin;
  }

  /// The same tensor under another name.
  TensorEntry renamed(String other) {
    return new TensorEntry(other, file, dtype, shape, begin, end);
  }
}
