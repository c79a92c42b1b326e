package dev.lathe.passes.plan;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.weight.WeightExpr;
import dev.lathe.ir.Graph;
import dev.lathe.passes.select.Lowering.KernelSource;
import java.util.List;

/// Everything that an engine file needs of the compiler.
///
/// @param graph fused, for `graph.ir`
/// @param plans in the order in which a batch tries them
/// @param kernels each once, in the order of first use
/// @param weights in the order of first use
public record CompiledModel(
    Graph graph,
    List<Plan> plans,
    List<KernelSource> kernels,
    List<EngineWeight> weights,
    Manifest.Limits limits,
    Manifest.KvCache kvCache,
    String target) {
  public CompiledModel {
    plans = List.copyOf(plans);
    kernels = List.copyOf(kernels);
    weights = List.copyOf(weights);
  }

  /// A weight to be evaluated and written.
  public record EngineWeight(String name, DType dtype, List<Long> shape, WeightExpr source) {
    public EngineWeight {
      shape = List.copyOf(shape);
    }

    public long elements() {
      return shape.stream().reduce(1L, Math::multiplyExact);
    }

    public long bytes() {
      return Math.multiplyExact(elements(), dtype.bytes());
    }
  }

  /// Elements of all weights that were learned: rotary tables and slopes do not count.
  public long parameters() {
    return weights.stream()
        .filter(weight -> !(weight.source() instanceof WeightExpr.RotaryTable))
        .filter(weight -> !(weight.source() instanceof WeightExpr.Numbers))
        .mapToLong(EngineWeight::elements)
        .sum();
  }

  /// Bytes of all weights.
  public long weightBytes() {
    return weights.stream().mapToLong(EngineWeight::bytes).sum();
  }
}
