package dev.lathe.codegen.tile;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.engine.v1.StepOp.UnaryKind;

/// Emits the functions of [UnaryKind] in float32.
public final class UnaryFunctions {
  private static final float LOG2_E = (float) (1 / Math.log(2));
  private static final float TANH_SLOPE = (float) (-2 * Math.sqrt(2 / Math.PI) / Math.log(2));
  private static final float TANH_CUBIC = 0.044715f;
  private static final float QUICK_SLOPE = (float) (-1.702 / Math.log(2));

  /// log2 of the upper tail of the normal distribution at a, less its leading term: the Chebyshev
  /// interpolation over a from 0 to 6, greatest power first.
  private static final float[] LOG_TAIL = {
    -1.1235725e-08f,
    3.8226113e-07f,
    -5.5257983e-06f,
    4.2365627e-05f,
    -0.00015187277f,
    -0.00029327872f,
    0.00735209f,
    -0.052759472f,
    0.26225248f,
    -1.1511234f,
    -0.9999995f
  };

  private static final float TAIL_END = 6;

  /// `(tanh(u) / u - 1) / u^2` as a polynomial in `u^2` up to 0.4, greatest power first.
  private static final float[] TANH = {
    -0.006045165f, 0.02096133f, -0.053843264f, 0.13332719f, -0.33333328f
  };

  private static final float TANH_END = 0.63f;

  private UnaryFunctions() {}

  /// The function of x.
  ///
  /// @param c the parameter of functions that have one
  public static F32 apply(KernelBuilder k, UnaryKind kind, float c, F32 x) {
    return switch (kind) {
      case SILU -> k.silu(x);
      case RELU -> k.select(k.lt(x, 0), k.constant(0f), x);
      case GELU -> gelu(k, x);
      // (1 + tanh(u)) / 2 = 1 / (1 + exp(-2u))
      case GELU_TANH -> {
        F32 cubic = k.fma(k.mul(x, x), TANH_CUBIC, 1f);
        yield gated(k, x, k.mul(k.mul(x, TANH_SLOPE), cubic));
      }
      case GELU_QUICK -> gated(k, x, k.mul(x, QUICK_SLOPE));
      case SCALE -> k.mul(x, c);
      case SOFT_CAP -> k.mul(tanh(k, k.mul(x, 1 / c)), c);
    };
  }

  /// `x / (1 + 2^exponent)`.
  private static F32 gated(KernelBuilder k, F32 x, F32 exponent) {
    return k.mul(x, k.reciprocal(k.add(k.exp2(exponent), 1f)));
  }

  /// `x * tail(-x)`, which is `x - x * tail(x)` where x is positive: exact to about an ulp of x.
  private static F32 gelu(KernelBuilder k, F32 x) {
    F32 distance = k.abs(x);
    F32 rest = polynomial(k, LOG_TAIL, k.min(distance, TAIL_END));
    F32 tail = k.exp2(k.fma(distance, k.mul(distance, -LOG2_E / 2), rest));
    F32 weighed = k.mul(x, tail);
    return k.select(k.lt(x, 0), weighed, k.sub(x, weighed));
  }

  /// The hyperbolic tangent, to 3 ulp.
  public static F32 tanh(KernelBuilder k, F32 u) {
    F32 square = k.mul(u, u);
    F32 near = k.fma(u, k.mul(polynomial(k, TANH, square), square), u);
    F32 power = k.exp2(k.mul(k.abs(u), 2 * LOG2_E));
    F32 quotient = k.div(k.constant(2f), k.add(power, 1f));
    F32 far = k.copySign(k.sub(k.constant(1f), quotient), u);
    return k.select(k.lt(k.abs(u), TANH_END), near, far);
  }

  private static F32 polynomial(KernelBuilder k, float[] coefficients, F32 x) {
    F32 sum = k.constant(coefficients[0]);
    for (int i = 1; i < coefficients.length; i++) {
      sum = k.fma(sum, x, k.constant(coefficients[i]));
    }
    return sum;
  }
}
