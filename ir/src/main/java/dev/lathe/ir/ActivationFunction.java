package dev.lathe.ir;

/// Functions of one element x with which feed-forward layers activate.
public enum ActivationFunction {
  /// `x / (1 + exp(-x))`.
  SILU,
  /// `max(x, 0)`.
  RELU,
  /// `x / 2 * (1 + erf(x / sqrt(2)))`. Source: Hendrycks and Gimpel, Gaussian Error Linear Units,
  /// 2016.
  GELU,
  /// `x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3)))`: the same paper's approximation.
  GELU_TANH,
  /// `x / (1 + exp(-1.702 x))`: the same paper's other approximation.
  GELU_QUICK
}
