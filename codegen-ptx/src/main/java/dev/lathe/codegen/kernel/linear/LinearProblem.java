package dev.lathe.codegen.kernel.linear;

import dev.lathe.codegen.epilogue.Epilogue;
import dev.lathe.codegen.kernel.FloatOperands;
import dev.lathe.codegen.kernel.Support;
import dev.lathe.codegen.ptx.asm.MatrixOps.HalfType;
import dev.lathe.codegen.tile.FloatFormat;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp.Activation;
import dev.lathe.engine.v1.StepOp.BinaryKind;
import dev.lathe.engine.v1.StepOp.Linear;
import dev.lathe.engine.v1.StepOp.UnaryKind;
import dev.lathe.passes.select.StepContext;
import dev.lathe.passes.select.StepContext.Operand;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A linear step as its kernels see it:
/// `out = scale * act(in * weight^T + bias) + residual`, in `(T, k)`, weight `(n, k)`, out
/// `(T, outColumns)`.
///
/// @param dtype of input, weight, bias and residual
/// @param outType of the result
public record LinearProblem(
    FloatFormat dtype,
    FloatFormat outType,
    int n,
    int k,
    boolean bias,
    Activation activation,
    float scale,
    boolean residual) {

  /// Columns of the result: half of n where gate and up columns are paired.
  public int outColumns() {
    return activation.gates() ? n / 2 : n;
  }

  /// What happens to the sums: bias, activation, scale, residual, rounding.
  public Epilogue.Store epilogue() {
    Epilogue value = new Epilogue.Acc();
    if (bias) {
      value = new Epilogue.Binary(BinaryKind.ADD, value, new Epilogue.RowVec("bias", dtype));
    }
    if (activation.function().isPresent()) {
      UnaryKind function = activation.function().get();
      value =
          activation.gates()
              ? new Epilogue.GluInterleaved(function, value)
              : new Epilogue.Unary(function, value);
    }
    if (scale != 1) {
      value = new Epilogue.Unary(UnaryKind.SCALE, scale, value);
    }
    if (residual) {
      value = new Epilogue.Binary(BinaryKind.ADD, value, new Epilogue.Tile("residual", dtype));
    }
    return new Epilogue.Store("out", outType, value);
  }

  /// Why the product cannot run on tensor cores with loads of 16 bytes, if it cannot.
  public Optional<String> tensorCoreObstacle() {
    if (dtype == FloatFormat.F32) {
      return Optional.of("float32 has no tensor-core kernel");
    }
    return k % 8 == 0 ? Optional.empty() : Optional.of("k " + k + " is no multiple of 8");
  }

  public HalfType halfType() {
    return dtype == FloatFormat.F16 ? HalfType.F16 : HalfType.BF16;
  }

  /// Bytes of weights.
  public double weightBytes() {
    return (double) n * k * dtype.bytes();
  }

  /// Multiplications and additions for `tokens` tokens.
  public double flops(long tokens) {
    return 2.0 * n * k * tokens;
  }

  /// The greatest T of a step's profile.
  public static long maxTokens(Linear op, StepContext context) {
    Sizes max = context.profile().max();
    return context.operand(op.in()).shape().getFirst().evaluate(max);
  }

  /// The problem of a step, or why it is none.
  public static Support<LinearProblem> of(Linear op, StepContext context) {
    Operand weight = context.operand(op.weight());
    DType outType = context.operand(op.out()).dtype();
    if (!outType.isFloat()) {
      return Support.no("the result is " + outType.text());
    }
    List<Ref> sameType = new ArrayList<>(List.of(op.weight(), op.in()));
    op.bias().ifPresent(sameType::add);
    op.residual().ifPresent(sameType::add);
    return FloatOperands.of(context, sameType)
        .map(operands ->
            new LinearProblem(
                operands.format(),
                FloatFormat.of(outType),
                weight.dimension(0),
                weight.dimension(1),
                op.bias().isPresent(),
                op.activation(),
                op.scale(),
                op.residual().isPresent()))
        .unless(LinearProblem::pairingObstacle);
  }

  /// Why gate and up rows cannot be paired, if they cannot.
  private Optional<String> pairingObstacle() {
    return activation.gates() && n % 16 != 0
        ? Optional.of("gate and up of " + n + " rows do not alternate in blocks of 8")
        : Optional.empty();
  }
}
