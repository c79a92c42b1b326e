package dev.lathe.passes.select;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Profile;
import dev.lathe.engine.v1.Ref;
import java.util.List;
import java.util.Map;

/// What a kernel template may know about a step besides its op.
///
/// @param step name of the step: `layers.0.attention`
/// @param profile the batches it runs for
/// @param target `sm_90a`, `sm_80`, `sm_89`
/// @param operands type of every operand of the op; a KV cache has the shape
///     `(1, kvHeads, tokensPerBlock, headDim)` here, of one block
/// @param maxBlocksPerSequence width of a row of the block tables
public record StepContext(
    String step,
    Profile profile,
    String target,
    Map<Ref, Operand> operands,
    int maxBlocksPerSequence) {
  public StepContext {
    operands = Map.copyOf(operands);
  }

  /// Type of one operand; the dimensions of a weight are constants.
  public record Operand(DType dtype, List<SizeExpr> shape) {
    public Operand {
      shape = List.copyOf(shape);
    }

    /// Size of a dimension that is the same in every batch.
    ///
    /// @throws IllegalStateException if the batch decides it
    public int dimension(int axis) {
      SizeExpr size = shape.get(axis);
      if (!size.isConstant()) {
        throw new IllegalStateException(size.text() + " depends on the batch");
      }
      return Math.toIntExact(size.evaluate(new Sizes(0, 0, 0)));
    }

    /// Elements of a row: the last dimension, which is a constant.
    public int width() {
      return dimension(shape.size() - 1);
    }

    /// Count of rows: the product of all dimensions but the last.
    public SizeExpr rows() {
      return shape.subList(0, shape.size() - 1).stream()
          .reduce(SizeExpr::times)
          .orElse(SizeExpr.of(1));
    }
  }

  public Operand operand(Ref ref) {
    Operand operand = operands.get(ref);
    if (operand == null) {
      throw new IllegalStateException(step + " has no operand " + ref);
    }
    return operand;
  }
}
