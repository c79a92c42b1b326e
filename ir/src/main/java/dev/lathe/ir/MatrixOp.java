package dev.lathe.ir;

import dev.lathe.engine.type.DType;
import java.util.Optional;

/// Products with a weight matrix.
public sealed interface MatrixOp extends Op {

  /// `activation(in * weight^T + bias) + residual`. Result: `(n, N)` of dtype `result`, or
  /// `(n, N / 2)` with [Activation#SWIGLU_INTERLEAVED].
  ///
  /// C1: in is `(n, K)` of a float dtype. C2: weight is `(N, K)`. C3: bias is `(N)`. C4: residual
  /// has the type of the result. C5: N is a multiple of 16 with SWIGLU_INTERLEAVED. C6: weight and
  /// bias have the dtype of in. C7: result is a float dtype.
  record Linear(
      Value in,
      Value weight,
      Optional<Value> bias,
      Optional<Value> residual,
      Activation activation,
      DType result)
      implements MatrixOp, Op.RowWise {

    /// `in * weight^T` in the dtype of `in`.
    public static Linear of(Value in, Value weight) {
      return of(in, weight, Optional.empty());
    }

    /// `in * weight^T + bias` in the dtype of `in`.
    public static Linear of(Value in, Value weight, Optional<Value> bias) {
      DType result = in.type().dtype();
      return new Linear(in, weight, bias, Optional.empty(), Activation.NONE, result);
    }

    /// True if nothing but a bias is fused into this.
    public boolean isPlain() {
      return activation == Activation.NONE && residual.isEmpty();
    }

    public Linear withBias(Value value) {
      return new Linear(in, weight, Optional.of(value), residual, activation, result);
    }

    public Linear withResidual(Value value) {
      return new Linear(in, weight, bias, Optional.of(value), activation, result);
    }
  }

  /// What a linear op does to its product, after the bias.
  enum Activation {
    NONE,
    SILU,
    /// Columns alternate in blocks of 8: 8 of gate, 8 of up. Result `silu(gate) * up`.
    SWIGLU_INTERLEAVED
  }
}
