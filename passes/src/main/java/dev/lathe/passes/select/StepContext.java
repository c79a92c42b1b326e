package dev.lathe.passes.select;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
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
  }

  public Operand operand(Ref ref) {
    Operand operand = operands.get(ref);
    if (operand == null) {
      throw new IllegalStateException(step + " has no operand " + ref);
    }
    return operand;
  }
}
