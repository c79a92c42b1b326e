package dev.lathe.passes.fuse;

import dev.lathe.engine.weight.WeightExpr;
import dev.lathe.ir.AttentionOp.KvAppend;
import dev.lathe.ir.AttentionOp.PagedAttention;
import dev.lathe.ir.AttentionOp.Rope;
import dev.lathe.ir.MatrixOp.Linear;
import dev.lathe.ir.MoveOp.SliceColumns;
import dev.lathe.ir.NormOp.RmsNorm;
import dev.lathe.ir.Value;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Rewrite;
import dev.lathe.passes.rewrite.Rule;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// One projection instead of three: the rows are read once, and a small batch keeps the device
/// busy. Weights lie one after the other; a projection without a bias gets one of zeros if another
/// has one.
public final class MergeQueryKeyValue implements Rule<PagedAttention> {

  @Override
  public String equation() {
    return "q, k, v = linear(x, wq), linear(x, wk), linear(x, wv)  =>  "
        + "slices of linear(x, concat(wq, wk, wv))";
  }

  @Override
  public Class<PagedAttention> root() {
    return PagedAttention.class;
  }

  @Override
  public Optional<Rewrite> apply(PagedAttention attention, Match match) {
    return match
        .only(attention.keyCache(), KvAppend.class)
        .flatMap(append ->
            merge(
                List.of(
                    projected(attention.query(), match),
                    projected(append.key(), match),
                    append.value()),
                match));
  }

  /// What a rotation and a norm of heads, if there are any, work on.
  private static Value projected(Value value, Match match) {
    Value rotated = match.only(value, Rope.class).map(Rope::in).orElse(value);
    return match.only(rotated, RmsNorm.class).map(RmsNorm::in).orElse(rotated);
  }

  private static Optional<Rewrite> merge(List<Value> results, Match match) {
    List<Linear> linears =
        results.stream()
            .map(result -> match.only(result, Linear.class))
            .flatMap(Optional::stream)
            .toList();
    WeightParts parts = new WeightParts("qkv", linears);
    return linears.size() == results.size() && parts.canMerge()
        ? Optional.of(rewrite(parts, linears, results, match))
        : Optional.empty();
  }

  private static Rewrite rewrite(
      WeightParts parts, List<Linear> linears, List<Value> results, Match match) {
    Function<List<WeightExpr>, WeightExpr> concat = weights -> new WeightExpr.Concat(0, weights);
    Rewrite rewrite = match.rewrite();
    Linear first = linears.getFirst();
    Linear merged =
        new Linear(
            first.in(),
            parts.weight(concat),
            parts.bias(concat),
            Optional.empty(),
            first.activation(),
            first.result(),
            1);
    String label = WeightParts.sibling(match.label(results.getFirst()), "qkv");
    Value qkv = rewrite.emit(label, merged);
    long begin = 0;
    for (int i = 0; i < results.size(); i++) {
      long end = begin + WeightParts.rows(linears.get(i));
      Value slice = rewrite.emit(match.label(results.get(i)), new SliceColumns(qkv, begin, end));
      rewrite.replace(results.get(i), slice);
      begin = end;
    }
    return rewrite;
  }
}
