package dev.lathe.engine.v1;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.Sizes;
import java.util.List;

/// A buffer that steps of a plan read and write, row-major, contiguous.
///
/// @param name by which [Ref]s name it
/// @param shape dimensions, outermost first; empty for a KV cache, whose shape is
///     `(blocks, kvHeads, tokensPerBlock, headDim)` with as many blocks as the memory allows, and
///     for the adjustments `(A)` of [BatchInput], of which the runtime alone knows the count
public record Buffer(String name, DType dtype, List<SizeExpr> shape, Storage storage) {
  public Buffer {
    shape = List.copyOf(shape);
  }

  /// Elements at the given sizes.
  public long elements(Sizes sizes) {
    long product = 1;
    for (SizeExpr dim : shape) {
      product = Math.multiplyExact(product, dim.evaluate(sizes));
    }
    return product;
  }

  /// Bytes at the given sizes.
  public long bytes(Sizes sizes) {
    return Math.multiplyExact(elements(sizes), dtype.bytes());
  }

  /// Where the buffer lives.
  public sealed interface Storage {

    /// In the arena of activations and workspace, at an offset of a multiple of 256 bytes. Buffers
    /// whose lives do not overlap share bytes.
    record Arena(long offset) implements Storage {}

    /// Filled by the runtime before the step.
    record Input(BatchInput input) implements Storage {}

    /// Read by the runtime after the step.
    record Output(OutputKind kind) implements Storage {}

    /// Keys or values of one layer.
    record KvCache(int layer, KvPart part) implements Storage {}
  }

  /// What the runtime reads after a step.
  public enum OutputKind {
    /// `(R, V)` f32, after penalties and biases; of an encoder, the rows that it gives.
    LOGITS,
    /// `(R)` i32.
    TOKENS
  }

  /// The two halves of a KV cache.
  public enum KvPart {
    KEYS,
    VALUES
  }
}
