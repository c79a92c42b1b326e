package dev.lathe.frontend.layout;

import dev.lathe.engine.weight.WeightExpr;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Whole tensors and what the ranks hold of them. Shapes are `(rows, columns)` or `(rows)`, those
/// of experts `(experts, rows, columns)`.
///
/// @param shards ranks that share a tensor
record ShardShapes(int shards, AttentionShards attention, ExpertShards experts, int vocabulary) {
  private static final int ROWS = 0;
  private static final int COLUMNS = 1;

  /// The shape that each rank's part of a whole tensor has.
  List<Long> shard(Spread spread, List<Long> whole) {
    return switch (spread) {
      case WHOLE, EMBEDDING, POSITIONS -> whole;
      case ROWS, PAIR -> with(whole, ROWS, whole.get(ROWS) / shards);
      case COLUMNS -> with(whole, COLUMNS, whole.get(COLUMNS) / shards);
      case VOCABULARY -> with(whole, ROWS, vocabularyRows());
      case QUERY, KEY, VALUE, STACK, GROUPS -> with(whole, ROWS, attention.stackRows());
      case EXPERT_PAIR -> experts.part(whole, ExpertShards.ROWS);
      case EXPERT_COLUMNS -> experts.part(whole, ExpertShards.COLUMNS);
    };
  }

  /// The shape of the tensor of which each rank holds such a part; empty if it is no such part.
  Optional<List<Long>> whole(Spread spread, List<Long> shard) {
    if (shard.size() < dimensions(spread)) {
      return Optional.empty();
    }
    return switch (spread) {
      case WHOLE, EMBEDDING, POSITIONS -> Optional.of(shard);
      case ROWS, PAIR -> Optional.of(with(shard, ROWS, shard.get(ROWS) * shards));
      case COLUMNS -> Optional.of(with(shard, COLUMNS, shard.get(COLUMNS) * shards));
      case VOCABULARY -> rows(shard, vocabularyRows(), vocabulary);
      case QUERY -> rows(shard, attention.stackRows(), attention.queryRows() * shards);
      case KEY, VALUE -> rows(shard, attention.stackRows(), attention.allKeyRows());
      case STACK, GROUPS ->
          rows(
              shard,
              attention.stackRows(),
              attention.queryRows() * shards + 2 * attention.allKeyRows());
      case EXPERT_PAIR -> Optional.of(experts.whole(shard, ExpertShards.ROWS));
      case EXPERT_COLUMNS -> Optional.of(experts.whole(shard, ExpertShards.COLUMNS));
    };
  }

  /// How many dimensions a tensor must have at least to be spread so.
  private static int dimensions(Spread spread) {
    return switch (spread) {
      case WHOLE -> 0;
      case ROWS, PAIR, VOCABULARY, EMBEDDING, POSITIONS, QUERY, KEY, VALUE, STACK, GROUPS -> 1;
      case COLUMNS -> 2;
      case EXPERT_PAIR, EXPERT_COLUMNS -> 3;
    };
  }

  private static Optional<List<Long>> rows(List<Long> shard, long needed, long whole) {
    return shard.get(ROWS) == needed ? Optional.of(with(shard, ROWS, whole)) : Optional.empty();
  }

  private long vocabularyRows() {
    return Math.ceilDiv(vocabulary, shards);
  }

  private static List<Long> with(List<Long> shape, int axis, long size) {
    List<Long> result = new ArrayList<>(shape);
    result.set(axis, size);
    return List.copyOf(result);
  }

  /// The whole tensor from the parts of all ranks.
  ///
  /// @param shard shape of each part
  WeightExpr join(Spread spread, List<? extends WeightExpr> parts, List<Long> shard) {
    long query = attention.queryRows();
    long keyValue = attention.keyValueRows();
    return switch (spread) {
      case WHOLE, EMBEDDING, POSITIONS -> parts.getFirst();
      case ROWS -> joined(ROWS, parts);
      case COLUMNS -> joined(COLUMNS, parts);
      case VOCABULARY ->
          vocabularyRows() * shards == vocabulary
              ? joined(ROWS, parts)
              : new WeightExpr.Slice(joined(ROWS, parts), ROWS, 0, vocabulary);
      case QUERY -> slices(parts, 1, 0, query);
      case KEY -> slices(parts, attention.sharing(), query, query + keyValue);
      case VALUE -> slices(parts, attention.sharing(), query + keyValue, query + 2 * keyValue);
      case STACK ->
          new WeightExpr.Concat(
              ROWS,
              List.of(
                  join(Spread.QUERY, parts, shard),
                  join(Spread.KEY, parts, shard),
                  join(Spread.VALUE, parts, shard)));
      case GROUPS -> groups(parts, shard);
      case PAIR -> pair(parts, shard.get(ROWS) / 2);
      case EXPERT_PAIR -> experts.pairs(parts, shard);
      case EXPERT_COLUMNS -> experts.columns(parts);
    };
  }

  private static WeightExpr pair(List<? extends WeightExpr> parts, long half) {
    return new WeightExpr.Concat(
        ROWS, List.of(slices(parts, 1, half, 2 * half), slices(parts, 1, 0, half)));
  }

  private WeightExpr groups(List<? extends WeightExpr> parts, List<Long> shard) {
    WeightExpr queries = join(Spread.QUERY, parts, shard);
    WeightExpr keys = join(Spread.KEY, parts, shard);
    WeightExpr values = join(Spread.VALUE, parts, shard);
    long size = attention.headDim();
    long group = size * (attention.heads() / attention.keyValueHeads());
    List<WeightExpr> sorted = new ArrayList<>();
    for (long head = 0; head < attention.keyValueHeads(); head++) {
      sorted.add(new WeightExpr.Slice(queries, ROWS, head * group, (head + 1) * group));
      sorted.add(new WeightExpr.Slice(keys, ROWS, head * size, (head + 1) * size));
      sorted.add(new WeightExpr.Slice(values, ROWS, head * size, (head + 1) * size));
    }
    return new WeightExpr.Concat(ROWS, sorted);
  }

  /// Rows `begin` (inclusive) to `end` (exclusive) of every `step`th part.
  private static WeightExpr slices(
      List<? extends WeightExpr> parts, int step, long begin, long end) {
    List<WeightExpr> slices = new ArrayList<>();
    for (int i = 0; i < parts.size(); i += step) {
      slices.add(new WeightExpr.Slice(parts.get(i), ROWS, begin, end));
    }
    return joined(ROWS, slices);
  }

  private static WeightExpr joined(int axis, List<? extends WeightExpr> parts) {
    return parts.size() == 1 ? parts.getFirst() : new WeightExpr.Concat(axis, List.copyOf(parts));
  }
}
