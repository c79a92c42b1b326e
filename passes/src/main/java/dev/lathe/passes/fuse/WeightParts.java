package dev.lathe.passes.fuse;

import dev.lathe.engine.weight.WeightExpr;
import dev.lathe.ir.LeafOp;
import dev.lathe.ir.MatrixOp.Linear;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.passes.rewrite.Rewrite;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Makes one weight, and one bias, of those of several linear ops on one operand.
final class WeightParts {
  private final String name;
  private final List<Linear> linears;

  /// @param name last part of the merged weight's name, `qkv`; the rest is that of the first weight
  WeightParts(String name, List<Linear> linears) {
    this.name = name;
    this.linears = linears;
  }

  /// True if the ops read the same rows, do nothing but multiply and add a bias, and have weights
  /// of the engine of one dtype.
  boolean canMerge() {
    Linear first = linears.getFirst();
    return linears.stream()
        .allMatch(linear ->
            linear.isPlain()
                && linear.in() == first.in()
                && linear.result() == first.result()
                && linear.weight().def() instanceof LeafOp.Weight
                && linear.bias().stream().allMatch(b -> b.def() instanceof LeafOp.Weight));
  }

  /// The merged weight.
  ///
  /// @param merge of the expressions of the parts
  Value weight(Function<List<WeightExpr>, WeightExpr> merge) {
    List<WeightExpr> parts = linears.stream().map(Linear::weight).map(WeightParts::source).toList();
    TensorType first = linears.getFirst().weight().type();
    TensorType type = TensorType.of(first.dtype(), rows(), first.columns());
    return Rewrite.weight(mergedName(), type, merge.apply(parts));
  }

  /// The merged bias, with zeros for ops that have none; empty if none has one.
  Optional<Value> bias(Function<List<WeightExpr>, WeightExpr> merge) {
    if (linears.stream().allMatch(linear -> linear.bias().isEmpty())) {
      return Optional.empty();
    }
    List<WeightExpr> parts = linears.stream().map(WeightParts::biasOrZeros).toList();
    TensorType type = TensorType.of(linears.getFirst().weight().type().dtype(), rows());
    return Optional.of(Rewrite.weight(mergedName() + ".bias", type, merge.apply(parts)));
  }

  private String mergedName() {
    String first = ((LeafOp.Weight) linears.getFirst().weight().def()).name();
    return sibling(first, name);
  }

  private long rows() {
    return linears.stream().mapToLong(WeightParts::rows).sum();
  }

  static long rows(Linear linear) {
    return linear.weight().type().shape().constant(0);
  }

  private static WeightExpr biasOrZeros(Linear linear) {
    WeightExpr zeros =
        new WeightExpr.Fill(linear.weight().type().dtype(), List.of(rows(linear)), 0);
    return linear.bias().map(WeightParts::source).orElse(zeros);
  }

  private static WeightExpr source(Value weight) {
    return ((LeafOp.Weight) weight.def()).source();
  }

  /// `a.b.q`, `qkv` -> `a.b.qkv`.
  static String sibling(String name, String last) {
    return name.substring(0, name.lastIndexOf('.') + 1) + last;
  }
}
