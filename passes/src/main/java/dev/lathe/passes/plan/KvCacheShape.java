package dev.lathe.passes.plan;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.ir.Graph;
import dev.lathe.ir.LeafOp;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import java.util.List;

/// The one shape that the KV caches of all layers of an engine have.
final class KvCacheShape {
  private KvCacheShape() {}

  /// @throws LatheException if layers differ, or there is no attention
  static Manifest.KvCache of(Graph graph, int tokensPerBlock) {
    List<TensorType> types = graph.caches().stream().map(LeafOp.KvCache::type).distinct().toList();
    if (types.size() != 1) {
      throw new LatheException(
          ExitCode.BAD_MODEL,
          "kv-cache-shape",
          "an engine has KV caches of one shape, but the model has " + types,
          "all attention layers must have the same KV heads and head size");
    }
    Shape shape = types.getFirst().shape();
    int layers = 1 + graph.caches().stream().mapToInt(LeafOp.KvCache::layer).max().orElse(0);
    return new Manifest.KvCache(
        layers,
        Math.toIntExact(shape.constant(1)),
        Math.toIntExact(shape.constant(2)),
        tokensPerBlock,
        types.getFirst().dtype());
  }
}
