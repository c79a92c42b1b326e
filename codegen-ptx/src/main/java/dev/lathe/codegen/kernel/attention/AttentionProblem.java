package dev.lathe.codegen.kernel.attention;

import dev.lathe.codegen.kernel.FloatOperands;
import dev.lathe.codegen.kernel.Support;
import dev.lathe.codegen.ptx.asm.MatrixOps.HalfType;
import dev.lathe.codegen.tile.FloatFormat;
import dev.lathe.engine.v1.StepOp.Heads;
import dev.lathe.engine.v1.StepOp.PagedAttention;
import dev.lathe.passes.select.StepContext;
import java.util.List;
import java.util.Optional;

/// A paged attention step as its kernels see it.
///
/// @param dtype of queries, cache and result
/// @param scores what becomes of the products of queries and keys
/// @param window keys that a query sees, its own included; 0: all
/// @param tokensPerBlock keys of one page
/// @param tablePitch entries of one row of the block tables
public record AttentionProblem(
    FloatFormat dtype,
    Heads heads,
    ScoreRule scores,
    int window,
    int tokensPerBlock,
    int tablePitch) {

  /// The problem of a step, or why it is none.
  public static Support<AttentionProblem> of(PagedAttention op, StepContext context) {
    return FloatOperands.of(context, List.of(op.keyCache(), op.query(), op.out()))
        .map(operands ->
            new AttentionProblem(
                operands.format(),
                op.heads(),
                ScoreRule.of(op),
                op.window(),
                context.operand(op.keyCache()).dimension(2),
                context.maxBlocksPerSequence()));
  }

  /// Why tensor cores cannot be used, if they cannot.
  public Optional<String> tensorCoreObstacle(int headDimMultiple) {
    if (dtype == FloatFormat.F32) {
      return Optional.of("float32 has no tensor-core kernel");
    }
    return headDim() % headDimMultiple == 0
        ? Optional.empty()
        : Optional.of("head size " + headDim() + " is no multiple of " + headDimMultiple);
  }

  /// Type of factors on tensor cores.
  public HalfType halfType() {
    return dtype == FloatFormat.F16 ? HalfType.F16 : HalfType.BF16;
  }

  /// Scale of the products.
  public float scale() {
    return scores.scale();
  }

  /// Factor that turns a product into the exponent of a power of two, if scores are
  /// plain.
  public float exponentScale() {
    return scores.exponentScale();
  }

  /// Elements of a head.
  public int headDim() {
    return heads.headDim();
  }

  /// Elements of a row of queries or of the result.
  public int rowElements() {
    return heads.query() * heads.headDim();
  }

  /// Elements of one head of one page.
  public int pageElements() {
    return tokensPerBlock * heads.headDim();
  }
}
