package dev.lathe.passes.fuse;

import dev.lathe.ir.AttentionOp.KvAppend;
import dev.lathe.ir.AttentionOp.PagedAttention;
import dev.lathe.ir.AttentionOp.Rope;
import dev.lathe.ir.AttentionOp.RopeKvAppend;
import dev.lathe.ir.Heads;
import dev.lathe.ir.LeafOp;
import dev.lathe.ir.MoveOp.SliceColumns;
import dev.lathe.ir.Node;
import dev.lathe.ir.NormOp.RmsNorm;
import dev.lathe.ir.Value;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Rewrite;
import dev.lathe.passes.rewrite.Rule;
import java.util.List;
import java.util.Optional;

/// From the merged projection to the cache in one step: norms of heads, rotation, append.
public final class RopeIntoKvAppend implements Rule<PagedAttention> {

  @Override
  public String equation() {
    return "rope(norm(q of qkv)), kv_append(rope(norm(k of qkv)), v of qkv)  =>  "
        + "rope_kv_append(qkv)";
  }

  @Override
  public Class<PagedAttention> root() {
    return PagedAttention.class;
  }

  @Override
  public Optional<Rewrite> apply(PagedAttention attention, Match match) {
    return match
        .only(attention.keyCache(), KvAppend.class)
        .flatMap(append -> fuse(attention, append, match));
  }

  private static Optional<Rewrite> fuse(PagedAttention attention, KvAppend append, Match match) {
    Heads heads = attention.heads();
    Optional<Part> query = Part.of(attention.query(), heads, match);
    Optional<Part> key = Part.of(append.key(), heads, match);
    Optional<Part> value = Part.of(append.value(), heads, match);
    if (query.isEmpty() || key.isEmpty() || value.isEmpty()) {
      return Optional.empty();
    }
    List<Part> parts = List.of(query.get(), key.get(), value.get());
    return areColumns(parts, heads) && areTreatedAlike(query.get(), key.get(), value.get())
        ? Optional.of(rewrite(attention, append, parts, match))
        : Optional.empty();
  }

  /// Columns of the projection, and what is done to them on the way.
  private record Part(Optional<Rope> rope, Optional<RmsNorm> norm, SliceColumns slice) {
    static Optional<Part> of(Value value, Heads heads, Match match) {
      Optional<Rope> rope =
          match.only(value, Rope.class).filter(op -> op.headDim() == heads.headDim());
      Value rotated = rope.map(Rope::in).orElse(value);
      Optional<RmsNorm> norm =
          match
              .only(rotated, RmsNorm.class)
              .filter(op -> op.group() == heads.headDim() || op.isWholeRow());
      Value sliced = norm.map(RmsNorm::in).orElse(rotated);
      return match.only(sliced, SliceColumns.class).map(slice -> new Part(rope, norm, slice));
    }

    Optional<Rotation> rotation() {
      return rope.map(op -> new Rotation(op.positions(), op.table(), op.interleaved()));
    }
  }

  private record Rotation(Value positions, Value table, boolean interleaved) {}

  /// True if the parts are the query, key and value columns of one projection, and all of it.
  private static boolean areColumns(List<Part> parts, Heads heads) {
    long keys = heads.queryColumns();
    long values = keys + heads.keyValueColumns();
    Value qkv = parts.getFirst().slice().in();
    return qkv.type().columns() == heads.qkvColumns()
        && parts.get(0).slice().equals(new SliceColumns(qkv, 0, keys))
        && parts.get(1).slice().equals(new SliceColumns(qkv, keys, values))
        && parts.get(2).slice().equals(new SliceColumns(qkv, values, heads.qkvColumns()));
  }

  private static boolean areTreatedAlike(Part query, Part key, Part value) {
    boolean norms =
        query.norm().isEmpty()
            || key.norm().isEmpty()
            || haveOneMeaning(query.norm().get(), key.norm().get());
    return norms
        && query.rotation().equals(key.rotation())
        && value.rope().isEmpty()
        && value.norm().isEmpty();
  }

  private static boolean haveOneMeaning(RmsNorm query, RmsNorm key) {
    return query.epsilon() == key.epsilon() && query.weightOffset() == key.weightOffset();
  }

  private static Rewrite rewrite(
      PagedAttention attention, KvAppend append, List<Part> parts, Match match) {
    Part query = parts.get(0);
    Part key = parts.get(1);
    Optional<RmsNorm> norm = query.norm().or(key::norm);
    Value positions =
        query.rope().map(Rope::positions).orElseGet(() -> Value.leaf(LeafOp.Input.positions()));
    Rewrite rewrite = match.rewrite();
    RopeKvAppend fused =
        new RopeKvAppend(
            query.slice().in(),
            positions,
            query.rope().map(Rope::table),
            query.norm().map(RmsNorm::weight),
            key.norm().map(RmsNorm::weight),
            append.keyCache(),
            append.valueCache(),
            attention.heads(),
            norm.map(RmsNorm::epsilon).orElse(0f),
            query.rope().map(Rope::interleaved).orElse(false),
            norm.map(RmsNorm::weightOffset).orElse(0f));
    Node node = rewrite.emitAll(match.label(attention.keyCache()), fused);
    Value result =
        rewrite.emit(
            match.label(),
            new PagedAttention(
                node.results().get(0),
                node.results().get(1),
                node.results().get(2),
                attention.slopes(),
                attention.heads(),
                attention.scale(),
                attention.window(),
                attention.softCap(),
                attention.causal()));
    return rewrite.replace(match.result(), result);
  }
}
