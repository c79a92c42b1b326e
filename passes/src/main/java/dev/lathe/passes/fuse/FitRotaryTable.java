package dev.lathe.passes.fuse;

import dev.lathe.engine.weight.WeightExpr;
import dev.lathe.ir.AttentionOp.RopeKvAppend;
import dev.lathe.ir.Dim;
import dev.lathe.ir.LeafOp;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Rewrite;
import dev.lathe.passes.rewrite.Rule;
import java.util.Optional;

/// Gives the rotary table a row for each position that a sequence of the engine can reach: fewer
/// than the model was made for, or, where the user wants longer sequences, more.
///
/// @param positions of the longest sequence
public record FitRotaryTable(long positions) implements Rule<RopeKvAppend> {

  @Override
  public String equation() {
    return "rope_kv_append(.., table)  =>  rope_kv_append(.., table of all positions)";
  }

  @Override
  public Class<RopeKvAppend> root() {
    return RopeKvAppend.class;
  }

  @Override
  public Optional<Rewrite> apply(RopeKvAppend append, Match match) {
    return append.table().flatMap(this::fitted).map(table -> rewrite(append, table, match));
  }

  private Optional<Value> fitted(Value table) {
    return table.def() instanceof LeafOp.Weight(String name, TensorType type, WeightExpr source)
            && source instanceof WeightExpr.RotaryTable rotary
            && rotary.positions() != positions
        ? Optional.of(
            Rewrite.weight(
                name,
                type.withDim(0, Dim.of(positions)),
                new WeightExpr.RotaryTable(
                    positions, rotary.inverseFrequencies(), rotary.magnitude())))
        : Optional.empty();
  }

  private static Rewrite rewrite(RopeKvAppend append, Value table, Match match) {
    return match.replaceWith(
        new RopeKvAppend(
            append.qkv(),
            append.positions(),
            Optional.of(table),
            append.queryNorm(),
            append.keyNorm(),
            append.keyCache(),
            append.valueCache(),
            append.heads(),
            append.epsilon(),
            append.interleaved(),
            append.weightOffset()));
  }
}
