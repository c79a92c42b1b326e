package dev.lathe.codegen.kernel.moe;

import dev.lathe.codegen.kernel.Support;
import dev.lathe.codegen.kernel.linear.LinearProblem;
import dev.lathe.codegen.tile.FloatFormat;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.StepOp.GroupedLinear;
import dev.lathe.passes.select.StepContext;
import dev.lathe.passes.select.StepContext.Operand;

/// A grouped linear step as its kernels see it.
///
/// @param linear what each expert multiplies
/// @param gathers true: rows of the input are found through an index
/// @param maxCount greatest count of rows of all experts together: it ranks configurations
public record GroupedProblem(LinearProblem linear, int experts, boolean gathers, long maxCount) {

  /// Rows of all experts together, as the batch decides.
  public static SizeExpr count(GroupedLinear op, StepContext context) {
    return context.operand(op.out()).shape().getFirst();
  }

  /// The problem of a step, or why it is none.
  public static Support<GroupedProblem> of(GroupedLinear op, StepContext context) {
    Operand weight = context.operand(op.weight());
    DType dtype = weight.dtype();
    DType out = context.operand(op.out()).dtype();
    if (context.operand(op.in()).dtype() != dtype || !dtype.isFloat() || !out.isFloat()) {
      return Support.no(
          op.in() + " is " + context.operand(op.in()).dtype().text() + ", not as the weight");
    }
    int n = weight.dimension(1);
    if (op.activation().gates() && n % 16 != 0) {
      return Support.no("gate and up of " + n + " rows do not alternate in blocks of 8");
    }
    LinearProblem linear =
        new LinearProblem(
            FloatFormat.of(dtype),
            FloatFormat.of(out),
            n,
            weight.dimension(2),
            false,
            op.activation(),
            1,
            false);
    long max = Math.max(1, count(op, context).evaluate(context.profile().max()));
    return Support.yes(new GroupedProblem(linear, weight.dimension(0), op.rows().isPresent(), max));
  }

  /// Bytes from one expert's matrix to the next.
  public long expertBytes() {
    return (long) linear.n() * linear.k() * linear.dtype().bytes();
  }

  /// Experts that the greatest batch has rows for, about, if each is chosen as often.
  public double busyExperts() {
    return experts * (1 - Math.pow(1 - 1.0 / experts, (double) maxCount));
  }
}
