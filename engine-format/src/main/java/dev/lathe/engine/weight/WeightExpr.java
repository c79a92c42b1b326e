package dev.lathe.engine.weight;

import dev.lathe.engine.type.DType;
import java.util.List;

/// How the bytes of one engine weight follow from checkpoint tensors. Row-major throughout; axis 0
/// is the outermost. Expressions are trees: each is used by one weight.
public sealed interface WeightExpr {

  /// A tensor of the checkpoint, as it is stored.
  record Tensor(String name) implements WeightExpr {}

  /// The parts one after the other along `axis`; all other dimensions and dtypes are equal.
  record Concat(int axis, List<WeightExpr> parts) implements WeightExpr {
    public Concat {
      parts = List.copyOf(parts);
    }
  }

  /// Elements `begin` (inclusive) to `end` (exclusive) along `axis`.
  record Slice(WeightExpr source, int axis, long begin, long end) implements WeightExpr {}

  /// The two dimensions of a matrix swapped.
  record Transpose(WeightExpr source) implements WeightExpr {}

  /// The same elements under another shape with the same count.
  record Reshape(WeightExpr source, List<Long> shape) implements WeightExpr {
    public Reshape {
      shape = List.copyOf(shape);
    }
  }

  /// Blocks of `rows` rows of `first` and `second` in turn. Both have the same shape, and their
  /// count of rows is a multiple of `rows`.
  record Interleave(WeightExpr first, WeightExpr second, int rows) implements WeightExpr {}

  /// Each element rounded to nearest even in another float type.
  record Cast(WeightExpr source, DType to) implements WeightExpr {}

  /// Each element times a constant, computed in float32 and rounded to the type of `source`.
  record Scale(WeightExpr source, double factor) implements WeightExpr {}

  /// Each element plus a constant, computed in float32 and rounded to the type of `source`.
  record Shift(WeightExpr source, double addend) implements WeightExpr {}

  /// A tensor filled with one value.
  record Fill(DType dtype, List<Long> shape, double value) implements WeightExpr {
    public Fill {
      shape = List.copyOf(shape);
    }
  }

  /// A float32 vector of these values, each rounded once.
  record Numbers(List<Double> values) implements WeightExpr {
    public Numbers {
      values = List.copyOf(values);
    }
  }

  /// Pseudo-random normal values, a pure function of `seed` and the index of the element: weights
  /// of a model that has a configuration but no checkpoint.
  record Random(long seed, DType dtype, List<Long> shape, double mean, double standardDeviation)
      implements WeightExpr {
    public Random {
      shape = List.copyOf(shape);
    }
  }

  /// Rotary embedding table, float32 `(positions, 2 * inverseFrequencies.size())`: row p holds
  /// `cos(p * f) * magnitude` for every inverse frequency f, then `sin(p * f) * magnitude`,
  /// computed in double precision. Source: Su et al., RoFormer, 2021.
  record RotaryTable(long positions, List<Double> inverseFrequencies, double magnitude)
      implements WeightExpr {
    public RotaryTable {
      inverseFrequencies = List.copyOf(inverseFrequencies);
    }
  }
}
