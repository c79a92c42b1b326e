package dev.lathe.engine.weight;

import dev.lathe.engine.type.DType;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Where an evaluator finds checkpoint tensors: a checkpoint on disk, or values made up by a test.
public interface TensorSource {

  /// A tensor of the checkpoint. `data` is row-major, little-endian, read-only, possibly mapped.
  record SourceTensor(DType dtype, List<Long> shape, MemorySegment data) {
    public SourceTensor {
      shape = List.copyOf(shape);
    }
  }

  /// The tensor of the given name.
  ///
  /// @throws java.util.NoSuchElementException where there is none: importers check names before
  SourceTensor tensor(String name);

  /// Checks, once all tensors were read, that they were the same all the time.
  ///
  /// @throws dev.lathe.engine.error.LatheException if somebody wrote to them meanwhile: what was
  ///     read may be a mixture
  default void checkUnchanged() {}
}
