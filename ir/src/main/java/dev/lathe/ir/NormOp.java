package dev.lathe.ir;

import java.util.Optional;

/// Normalisation along the columns.
public sealed interface NormOp extends Op {

  /// `in / sqrt(mean(in^2) + epsilon) * (weightOffset + weight)` over each group of `group`
  /// neighbouring elements of a row; one group a row is the usual norm, one group a head the
  /// query/key norm. Offset and weight are added in float32. Result: type of in. Source: Zhang and
  /// Sennrich, Root Mean Square Layer Normalization, 2019.
  ///
  /// C1: in is a matrix `(n, H)` of a float dtype. C2: weight is `(group)` of the dtype of in.
  /// C3: H is a multiple of group.
  record RmsNorm(
      Value in, Value weight, int group, float epsilon, @Default("0.0") float weightOffset)
      implements NormOp, Op.RowWise {

    /// True if each row is one group.
    public boolean isWholeRow() {
      return in.type().columns() == group;
    }
  }

  /// `sum = in + residual`, rounded; `out = rms_norm(sum)` over whole rows, as [RmsNorm]. Results:
  /// sum, out, both of the type of in.
  ///
  /// C1: in is a matrix `(n, H)` of a float dtype. C2: residual has the type of in. C3: weight is
  /// `(H)` of the dtype of in.
  record AddRmsNorm(
      Value in, Value residual, Value weight, float epsilon, @Default("0.0") float weightOffset)
      implements NormOp, Op.RowWise {}

  /// `(in - mean(in)) / sqrt(variance(in) + epsilon) * weight + bias` over rows. Result: type of
  /// in. Source: Ba, Kiros and Hinton, Layer Normalization, 2016.
  ///
  /// C1: in is a matrix `(n, H)` of a float dtype. C2: weight is `(H)` of the dtype of in. C3: bias
  /// is `(H)` of the dtype of in.
  record LayerNorm(Value in, Value weight, Optional<Value> bias, float epsilon)
      implements NormOp, Op.RowWise {}

  /// `sum = in + residual`, rounded; `out = layer_norm(sum)`. Results: sum, out, both of the type
  /// of in.
  ///
  /// C1: in is a matrix `(n, H)` of a float dtype. C2: residual has the type of in. C3: weight is
  /// `(H)` of the dtype of in. C4: bias is `(H)` of the dtype of in.
  record AddLayerNorm(Value in, Value residual, Value weight, Optional<Value> bias, float epsilon)
      implements NormOp, Op.RowWise {}
}
