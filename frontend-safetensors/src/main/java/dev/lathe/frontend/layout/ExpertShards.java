package dev.lathe.frontend.layout;

import dev.lathe.engine.weight.WeightExpr;
import dev.lathe.frontend.config.ConfigFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// How experts are dealt out to the ranks that share a layer: to groups of ranks, as many experts
/// each, and within a group every expert by rows or columns. Rank `s` of a stage has part `s /
/// groups` of the experts of group `s % groups`.
///
/// @param groups divides the count of experts
/// @param parts of each expert
record ExpertShards(int groups, int parts) {
  /// Dimensions of the matrices of experts.
  static final int ROWS = 1;

  static final int COLUMNS = 2;
  private static final int EXPERTS = 0;
  private static final String FIELD = "moe";
  private static final String COUNT = "num_experts";
  private static final int MAX_EXPERTS = 1 << 12;
  private static final int MAX_WIDTH = 1 << 22;
  private static final int UNSAID = -1;

  /// How many experts a layer has; empty if there are none.
  static Optional<Integer> count(ConfigFields config) {
    return config
        .object(FIELD)
        .flatMap(experts -> experts.integer(COUNT, 0, MAX_EXPERTS))
        .filter(count -> count != 0);
  }

  /// What `moe` says.
  ///
  /// @throws dev.lathe.frontend.config.ConfigException if it is not there
  static ConfigFields fields(ConfigFields config) {
    return config.object(FIELD).orElseThrow(() -> config.missing(FIELD));
  }

  /// @param shards ranks that share a layer
  static ExpertShards read(ConfigFields config, int shards) {
    ConfigFields mapping = config.object("mapping").orElse(config);
    int cluster = size(mapping, "moe_cluster_size").orElse(1);
    if (cluster != 1) {
      throw mapping.unsupported("moe_cluster_size", Integer.toString(cluster), "1");
    }
    Optional<Integer> wantedParts = size(mapping, "moe_tp_size");
    int groups =
        size(mapping, "moe_ep_size").orElse(shards / Math.max(1, wantedParts.orElse(shards)));
    int parts = wantedParts.orElse(shards / groups);
    if (groups * parts != shards) {
      throw Parallelism.conflict(
          mapping.at("moe_ep_size")
              + ": moe_tp_size * moe_ep_size must be the tp_size "
              + shards
              + ", but is "
              + parts
              + " * "
              + groups);
    }
    var result = new ExpertShards(groups, parts);
    count(config).ifPresent(count -> result.check(config, count));
    return result;
  }

  private static Optional<Integer> size(ConfigFields mapping, String field) {
    return mapping
        .integer(field, UNSAID, Parallelism.MAX_RANKS)
        .filter(size -> size != UNSAID && size != 0);
  }

  /// The shape of what a rank holds of a tensor that is cut along an axis.
  List<Long> part(List<Long> whole, int axis) {
    List<Long> part = new ArrayList<>(whole);
    part.set(EXPERTS, whole.get(EXPERTS) / groups);
    part.set(axis, whole.get(axis) / parts);
    return List.copyOf(part);
  }

  /// The shape of the tensor of which each rank holds such a part.
  List<Long> whole(List<Long> part, int axis) {
    List<Long> whole = new ArrayList<>(part);
    whole.set(EXPERTS, part.get(EXPERTS) * groups);
    whole.set(axis, part.get(axis) * parts);
    return List.copyOf(whole);
  }

  /// The whole tensor from parts that are cut along the columns.
  WeightExpr columns(List<? extends WeightExpr> shards) {
    return ofGroups(shards, group -> joined(COLUMNS, group));
  }

  /// The whole tensor from parts whose first half of rows belongs to the second half of all rows.
  ///
  /// @param shard shape of each part
  WeightExpr pairs(List<? extends WeightExpr> shards, List<Long> shard) {
    long half = shard.get(ROWS) / 2;
    return ofGroups(
        shards,
        group ->
            joined(
                ROWS, Stream.concat(rows(group, half, 2 * half), rows(group, 0, half)).toList()));
  }

  private static Stream<WeightExpr> rows(List<? extends WeightExpr> group, long begin, long end) {
    return group.stream().map(part -> new WeightExpr.Slice(part, ROWS, begin, end));
  }

  private WeightExpr ofGroups(
      List<? extends WeightExpr> shards, Function<List<? extends WeightExpr>, WeightExpr> experts) {
    List<WeightExpr> all = new ArrayList<>();
    for (int group = 0; group < groups; group++) {
      int first = group;
      all.add(
          experts.apply(
              IntStream.range(0, parts).mapToObj(i -> shards.get(first + i * groups)).toList()));
    }
    return joined(EXPERTS, all);
  }

  private static WeightExpr joined(int axis, List<? extends WeightExpr> parts) {
    return parts.size() == 1 ? parts.getFirst() : new WeightExpr.Concat(axis, List.copyOf(parts));
  }

  private void check(ConfigFields config, int count) {
    String field =
        config.has("moe_intermediate_size") ? "moe_intermediate_size" : "intermediate_size";
    if (count % groups != 0) {
      throw undivided(fields(config).at(COUNT), count, "moe_ep_size", groups);
    }
    int width = config.requiredInteger(field, 1, MAX_WIDTH);
    if (width % parts != 0) {
      throw undivided(config.at(field), width, "moe_tp_size", parts);
    }
  }

  private static RuntimeException undivided(String where, int size, String field, int divisor) {
    return Parallelism.conflict(
        where
            + " is "
            + size
            + ", which the mapping's "
            + field
            + " "
            + divisor
            + " does not divide");
  }
}
