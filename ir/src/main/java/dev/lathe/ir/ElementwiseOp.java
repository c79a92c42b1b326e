package dev.lathe.ir;

/// Functions of one element, or of elements at the same place.
public sealed interface ElementwiseOp extends Op {

  /// `left + right`. Result: type of left.
  ///
  /// C1: left has a float dtype. C2: right has the type of left.
  record Add(Value left, Value right) implements ElementwiseOp, Op.RowWise {}

  /// `left + bias`, the bias added to each row. Result: type of left.
  ///
  /// C1: left is a matrix `(n, N)` of a float dtype. C2: bias is `(N)` of the same dtype.
  record AddBias(Value left, Value bias) implements ElementwiseOp, Op.RowWise {}

  /// `left * right`. Result: type of left.
  ///
  /// C1: left has a float dtype. C2: right has the type of left.
  record Multiply(Value left, Value right) implements ElementwiseOp, Op.RowWise {}

  /// `function(in)`. Result: type of in.
  ///
  /// C1: in has a float dtype.
  record Activate(Value in, ActivationFunction function) implements ElementwiseOp, Op.RowWise {}

  /// `factor * in`. Result: type of in.
  ///
  /// C1: in has a float dtype.
  record Scale(Value in, float factor) implements ElementwiseOp, Op.RowWise {}

  /// `in`, in float32. Result: shape of in, f32.
  ///
  /// C1: in has a float dtype.
  record ToFloat32(Value in) implements ElementwiseOp, Op.RowWise {}

  /// `cap * tanh(in / cap)`. Result: type of in. Source: Gemma 2 report, 2024.
  ///
  /// C1: in has a float dtype. C2: cap is more than 0.
  record SoftCap(Value in, float cap) implements ElementwiseOp, Op.RowWise {}

  /// `function(gate) * up`. Result: type of gate. Source: Shazeer, GLU Variants Improve
  /// Transformer, 2020.
  ///
  /// C1: gate has a float dtype. C2: up has the type of gate.
  record Glu(Value gate, Value up, ActivationFunction function)
      implements ElementwiseOp, Op.RowWise {}

  /// `silu(gate) * up` with `in = [gate, up]` side by side, `(n, 2I)`. Result: `(n, I)`.
  ///
  /// C1: in is a matrix of a float dtype. C2: its count of columns is even.
  record SwiGluHalves(Value in) implements ElementwiseOp, Op.RowWise {}
}
