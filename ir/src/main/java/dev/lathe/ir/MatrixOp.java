package dev.lathe.ir;

import dev.lathe.engine.type.DType;
import java.util.Optional;

/// Products with a weight matrix.
public sealed interface MatrixOp extends Op {

  /// `scale * activation(in * weight^T + bias) + residual`. Result: `(n, N)` of dtype `result`, or
  /// `(n, N / 2)` with an activation that gates.
  ///
  /// C1: in is `(n, K)` of a float dtype. C2: weight is `(N, K)`. C3: bias is `(N)`. C4: residual
  /// has the type of the result. C5: N is a multiple of 16 with an activation that gates. C6:
  /// weight and bias have the dtype of in. C7: result is a float dtype.
  record Linear(
      Value in,
      Value weight,
      Optional<Value> bias,
      Optional<Value> residual,
      Activation activation,
      DType result,
      @Default("1.0") float scale)
      implements MatrixOp, Op.RowWise {

    /// `in * weight^T` in the dtype of `in`.
    public static Linear of(Value in, Value weight) {
      return of(in, weight, Optional.empty());
    }

    /// `in * weight^T + bias` in the dtype of `in`.
    public static Linear of(Value in, Value weight, Optional<Value> bias) {
      DType result = in.type().dtype();
      return new Linear(in, weight, bias, Optional.empty(), Activation.NONE, result, 1);
    }

    /// True if nothing but a bias is fused into this.
    public boolean isPlain() {
      return activation == Activation.NONE && scale == 1 && residual.isEmpty();
    }

    public Linear withBias(Value value) {
      return new Linear(in, weight, Optional.of(value), residual, activation, result, scale);
    }

    public Linear withResidual(Value value) {
      return new Linear(in, weight, bias, Optional.of(value), activation, result, scale);
    }

    public Linear withActivation(Activation function) {
      return new Linear(in, weight, bias, residual, function, result, scale);
    }

    public Linear withScale(float factor) {
      return new Linear(in, weight, bias, residual, activation, result, factor);
    }
  }

  /// What a linear op does to its product, after the bias: an [ActivationFunction], or, where it
  /// gates, columns alternate in blocks of 8, 8 of gate and 8 of up, and the result is
  /// `function(gate) * up`.
  enum Activation {
    NONE,
    SILU,
    RELU,
    GELU,
    GELU_TANH,
    GELU_QUICK,
    SWIGLU_INTERLEAVED,
    GEGLU_INTERLEAVED,
    GEGLU_TANH_INTERLEAVED;

    /// The function of each element.
    public static Activation of(ActivationFunction function) {
      return valueOf(function.name());
    }

    /// The function of gates, if there is such an activation.
    public static Optional<Activation> gated(ActivationFunction function) {
      return switch (function) {
        case SILU -> Optional.of(SWIGLU_INTERLEAVED);
        case GELU -> Optional.of(GEGLU_INTERLEAVED);
        case GELU_TANH -> Optional.of(GEGLU_TANH_INTERLEAVED);
        case RELU, GELU_QUICK -> Optional.empty();
      };
    }

    /// True if columns are pairs of gate and up.
    public boolean gates() {
      return switch (this) {
        case NONE, SILU, RELU, GELU, GELU_TANH, GELU_QUICK -> false;
        case SWIGLU_INTERLEAVED, GEGLU_INTERLEAVED, GEGLU_TANH_INTERLEAVED -> true;
      };
    }
  }
}
