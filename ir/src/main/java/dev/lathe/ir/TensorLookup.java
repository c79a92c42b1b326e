package dev.lathe.ir;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.weight.WeightExpr;
import java.util.List;
import java.util.Optional;

/// What a checkpoint says about its tensors.
@FunctionalInterface
public interface TensorLookup {

  /// Type of the tensor with that name; empty if the checkpoint has none.
  Optional<Found> find(String tensor);

  /// How a tensor that was found is made of what the checkpoint stores. Of the type that was found.
  default WeightExpr source(String tensor) {
    return new WeightExpr.Tensor(tensor);
  }

  /// Element type and shape of a checkpoint tensor.
  record Found(DType dtype, List<Long> shape) {
    public Found {
      shape = List.copyOf(shape);
    }

    /// `f32 (4096, 64)`.
    public String text() {
      return dtype.text() + " " + shape.toString().replace('[', '(').replace(']', ')');
    }
  }
}
