package dev.lathe.frontend.family;

import dev.lathe.engine.weight.WeightExpr;
import dev.lathe.ir.ExpertSpec;
import dev.lathe.ir.ModelBuilder;
import dev.lathe.ir.Value;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/// A feed-forward layer of experts, E of width I over H columns. The tensors of experts are either
/// matrices of each, or stacked in two: `experts.gate_up_proj` `(E, 2I, H)`, gate before up, and
/// `experts.down_proj` `(E, H, I)`.
///
/// @param names of an expert's matrices
/// @param alwaysStacked true if the second form is known to be that of the checkpoint
record ExpertLayer(int experts, int width, ExpertSpec spec, Names names, boolean alwaysStacked) {
  /// Rows of gate and up take turns in blocks of 8.
  static final int BLOCK = 8;

  /// @param gate `(I, H)`
  /// @param up `(I, H)`
  /// @param down `(H, I)`
  record Names(String gate, String up, String down) {}

  /// @param module that holds the router, `gate`, and the experts
  /// @param in `(T, H)`
  Value define(ModelBuilder layer, String module, Value in) {
    long columns = in.type().columns();
    Value logits = layer.logitsLinear("mlp.router", in, module + ".gate.weight", experts);
    boolean stacked = alwaysStacked || layer.hasTensor(module + ".experts.gate_up_proj");
    ModelBuilder inside = layer.within("mlp", module + ".experts");
    Weights weights = stacked ? stacked(inside, columns) : single(inside, columns);
    WeightExpr both = new WeightExpr.Interleave(weights.gate(), weights.up(), BLOCK);
    Value gateUp =
        inside.weight(
            "gate_up", reshape(both, experts, 2L * width, columns), experts, 2L * width, columns);
    Value down =
        inside.weight(
            "down", reshape(weights.down(), experts, columns, width), experts, columns, width);
    return layer.experts("mlp", in, logits, gateUp, down, spec);
  }

  /// Matrices of all experts one below the other.
  ///
  /// @param gate `(E * I, H)`
  /// @param up `(E * I, H)`
  /// @param down `(E * H, I)`
  private record Weights(WeightExpr gate, WeightExpr up, WeightExpr down) {}

  private Weights stacked(ModelBuilder inside, long columns) {
    Function<Long, WeightExpr> half =
        first -> {
          WeightExpr both = inside.tensor("gate_up_proj", experts, 2L * width, columns);
          WeightExpr part = new WeightExpr.Slice(both, 1, first, first + width);
          return reshape(part, (long) experts * width, columns);
        };
    WeightExpr down = inside.tensor("down_proj", experts, columns, width);
    return new Weights(
        half.apply(0L), half.apply((long) width), reshape(down, experts * columns, width));
  }

  private Weights single(ModelBuilder inside, long columns) {
    return new Weights(
        joined(inside, names.gate(), width, columns),
        joined(inside, names.up(), width, columns),
        joined(inside, names.down(), columns, width));
  }

  private WeightExpr joined(ModelBuilder inside, String name, long rows, long columns) {
    return new WeightExpr.Concat(
        0,
        IntStream.range(0, experts)
            .mapToObj(e -> inside.tensor(e + "." + name + ".weight", rows, columns))
            .toList());
  }

  private static WeightExpr reshape(WeightExpr source, long... shape) {
    List<Long> dims = Arrays.stream(shape).boxed().toList();
    return new WeightExpr.Reshape(source, dims);
  }
}
