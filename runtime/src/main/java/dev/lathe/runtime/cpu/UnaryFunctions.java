package dev.lathe.runtime.cpu;

import dev.lathe.engine.v1.StepOp.UnaryKind;

/// The functions of [UnaryKind] over many elements. Holds one thread's scratch memory.
final class UnaryFunctions {
  private static final float TANH_SLOPE = (float) (2 * Math.sqrt(2 / Math.PI));
  private static final float TANH_CUBIC = 0.044715f;
  private static final float QUICK_SLOPE = 1.702f;

  private final Exponential exponential = new Exponential();
  private float[] exponents = new float[0];

  /// Replaces the first `count` values by the function of them.
  void apply(UnaryKind kind, float parameter, float[] values, int count) {
    if (exponents.length < count) {
      exponents = new float[count + count / 2];
    }
    switch (kind) {
      case SILU -> {
        for (int i = 0; i < count; i++) {
          exponents[i] = -values[i];
        }
        gate(values, count);
      }
      case GELU_QUICK -> {
        for (int i = 0; i < count; i++) {
          exponents[i] = -QUICK_SLOPE * values[i];
        }
        gate(values, count);
      }
      // (1 + tanh(u)) / 2 = 1 / (1 + exp(-2u))
      case GELU_TANH -> {
        for (int i = 0; i < count; i++) {
          float x = values[i];
          exponents[i] = -TANH_SLOPE * (x + TANH_CUBIC * x * x * x);
        }
        gate(values, count);
      }
      case RELU -> {
        for (int i = 0; i < count; i++) {
          values[i] = Math.max(values[i], 0);
        }
      }
      case GELU -> {
        for (int i = 0; i < count; i++) {
          values[i] = gelu(values[i]);
        }
      }
      case SCALE -> {
        for (int i = 0; i < count; i++) {
          values[i] *= parameter;
        }
      }
      case SOFT_CAP -> {
        for (int i = 0; i < count; i++) {
          values[i] = softCap(values[i], parameter);
        }
      }
    }
  }

  /// `values / (1 + exp(exponents))`.
  private void gate(float[] values, int count) {
    exponential.apply(exponents, count);
    for (int i = 0; i < count; i++) {
      values[i] = values[i] / (1 + exponents[i]);
    }
  }

  /// `cap * tanh(x / cap)`.
  static float softCap(float x, float cap) {
    return (float) (cap * Math.tanh(x / cap));
  }

  /// `x / 2 * (1 + erf(x / sqrt(2)))`, without cancellation where x is negative.
  static float gelu(float x) {
    double tail = x / 2.0 * tailOfErf(Math.abs(x) / Math.sqrt(2));
    return (float) (x < 0 ? tail : x - tail);
  }

  /// `1 - erf(z)` for z of at least 0, to 1e-10 of its value. Method: `t * exp(-z^2 + p(t))` with
  /// `t = 2 / (2 + z)`, and for p the Chebyshev interpolation of degree 15 over t from 0.02 to 1.
  private static double tailOfErf(double z) {
    double t = 2 / (2 + z);
    double p = -0.08914319722579127;
    p = p * t + 0.5259003194841224;
    p = p * t - 1.0848449536637281;
    p = p * t + 0.33593332338660353;
    p = p * t + 2.4651658722074017;
    p = p * t - 4.929376094060588;
    p = p * t + 4.40480639647855;
    p = p * t - 2.2063510894614202;
    p = p * t + 0.8917419275987395;
    p = p * t - 0.31115948204392563;
    p = p * t - 0.10537618014798712;
    p = p * t - 0.09044219289664589;
    p = p * t + 0.08367226702853801;
    p = p * t + 0.37498485843705726;
    p = p * t + 1.000000351441681;
    p = p * t - 1.2655121266248979;
    return t * Math.exp(p - z * z);
  }
}
