package dev.lathe.codegen.kernel.linear;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.engine.v1.StepOp.Activation;
import java.util.List;

/// What happens to sums of products on their way to memory: bias, activation, residual, rounding.
///
/// Declares the parameters `out`, and `bias` and `residual` where the problem has them, in this
/// order.
final class LinearResult {
  private final KernelBuilder k;
  private final LinearProblem problem;
  private final B64 out;
  private final B64 bias;
  private final B64 residual;

  LinearResult(KernelBuilder k, LinearProblem problem) {
    this.k = k;
    this.problem = problem;
    this.out = k.pointer("out");
    this.bias = problem.bias() ? k.pointer("bias") : out;
    this.residual = problem.residual() ? k.pointer("residual") : out;
  }

  boolean gated() {
    return problem.activation() == Activation.SWIGLU_INTERLEAVED;
  }

  /// `activation(sum + bias[row])`; row is a weight row.
  F32 activated(F32 sum, B32 row) {
    F32 value = biased(sum, row);
    return problem.activation() == Activation.SILU ? k.silu(value) : value;
  }

  /// `silu(gate + bias[gateRow]) * (up + bias[upRow])`.
  F32 gated(F32 gate, B32 gateRow, F32 up, B32 upRow) {
    return k.mul(k.silu(biased(gate, gateRow)), biased(up, upRow));
  }

  private F32 biased(F32 sum, B32 row) {
    if (!problem.bias()) {
      return sum;
    }
    B64 address = k.madWide(row, problem.dtype().bytes(), bias);
    return k.add(sum, problem.dtype().load(k, k.at(address), 1).getFirst());
  }

  /// Stores one element of the result.
  void store(B32 token, B32 column, F32 value) {
    F32 sum = value;
    if (problem.residual()) {
      B64 address = element(residual, token, column, problem.dtype().bytes());
      sum = k.add(sum, problem.dtype().load(k, k.at(address), 1).getFirst());
    }
    B64 address = element(out, token, column, problem.outType().bytes());
    problem.outType().store(k, k.at(address), List.of(sum));
  }

  /// True if two neighbouring columns, the first of them even, can be stored at once.
  boolean pairs() {
    return problem.outColumns() % 2 == 0;
  }

  /// Stores columns `column` and `column + 1`; column is even.
  void storePair(B32 token, B32 column, F32 first, F32 second) {
    List<F32> values = List.of(first, second);
    if (problem.residual()) {
      B64 address = element(residual, token, column, problem.dtype().bytes());
      List<F32> old = problem.dtype().load(k, k.at(address), 2);
      values = List.of(k.add(first, old.get(0)), k.add(second, old.get(1)));
    }
    B64 address = element(out, token, column, problem.outType().bytes());
    problem.outType().store(k, k.at(address), List.of(values.get(0), values.get(1)));
  }

  private B64 element(B64 base, B32 token, B32 column, int bytes) {
    return k.madWide(column, bytes, k.madWide(token, problem.outColumns() * bytes, base));
  }
}
