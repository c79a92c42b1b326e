package dev.lathe.frontend.layout;

import static java.util.Objects.requireNonNull;

import dev.lathe.engine.weight.WeightExpr;
import dev.lathe.frontend.checkpoint.RankFile;
import dev.lathe.frontend.checkpoint.TensorEntry;
import dev.lathe.ir.TensorProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Tensors of which each rank of a stage holds a part. The ranks agree on types and shapes: see
/// [RankAgreement].
final class RankedTensors implements NamedTensors {
  /// Tables that some versions store beside the weights.
  private static final Pattern COMPUTED =
      Pattern.compile(
          "(.*\\.)?(rotary_inv_freq|embed_positions|embed_positions_for_gpt_attention)(_local)?");

  private final SortedMap<String, TensorEntry> tensors;
  private final RankedConfig config;
  private final ShardShapes shapes;

  /// @param tensors of the checkpoint, by qualified name
  RankedTensors(SortedMap<String, TensorEntry> tensors, RankedConfig config) {
    this.tensors = tensors;
    this.config = config;
    this.shapes =
        new ShardShapes(
            config.ranks().tensor(), config.attention(), config.experts(), config.vocabulary());
  }

  /// Where the parts of a tensor lie.
  ///
  /// @param parts qualified names, one for each rank of the stage
  /// @param unusedRows asked for and not stored
  private record Parts(List<String> parts, Spread spread, boolean transposed, int unusedRows) {

    /// A shape as it is asked for, from one as it is stored.
    List<Long> asked(List<Long> stored) {
      return transposed ? stored.reversed() : withRows(stored, unusedRows);
    }

    /// A shape as it is stored, from one as it is asked for.
    List<Long> stored(List<Long> asked) {
      return transposed ? asked.reversed() : withRows(asked, -unusedRows);
    }

    private static List<Long> withRows(List<Long> shape, long more) {
      if (more == 0) {
        return shape;
      }
      List<Long> changed = new ArrayList<>(shape);
      changed.set(0, shape.getFirst() + more);
      return List.copyOf(changed);
    }
  }

  private Optional<Parts> parts(String name) {
    return TensorPath.of(name)
        .filter(path -> path.layer() < config.ranks().layers())
        .flatMap(path -> config.family().asked(path).findFirst().map(rule -> parts(path, rule)));
  }

  private Parts parts(TensorPath path, TensorRule rule) {
    Parallelism ranks = config.ranks();
    int stage = stage(rule, path.layer());
    int layer = path.layer() - ranks.firstLayer(stage);
    String stored = rule.storedPath(path, layer).text();
    List<String> parts =
        IntStream.range(0, ranks.tensor())
            .mapToObj(shard -> new RankFile(ranks.rank(stage, shard)).qualified(stored))
            .toList();
    boolean transposed = rule.transposed() && !path.isBias();
    int unusedRows = path.isBias() ? 0 : rule.unusedRows();
    return new Parts(parts, config.spread(rule, path.isBias()), transposed, unusedRows);
  }

  private int stage(TensorRule rule, int layer) {
    return switch (rule.stage()) {
      case FIRST -> 0;
      case OF_LAYER -> config.ranks().stageOf(layer);
      case LAST -> config.ranks().stages() - 1;
    };
  }

  @Override
  public Optional<Found> find(String tensor) {
    return parts(tensor)
        .filter(parts -> tensors.keySet().containsAll(parts.parts()))
        .flatMap(parts -> {
          TensorEntry first = requireNonNull(tensors.get(parts.parts().getFirst()));
          return shapes
              .whole(parts.spread(), first.shape())
              .map(shape -> new Found(first.dtype(), parts.asked(shape)));
        });
  }

  @Override
  public WeightExpr source(String tensor) {
    Parts parts =
        parts(tensor).orElseThrow(() -> new IllegalStateException("no rule for " + tensor));
    TensorEntry first = requireNonNull(tensors.get(parts.parts().getFirst()));
    WeightExpr stored =
        shapes.join(
            parts.spread(),
            parts.parts().stream().map(WeightExpr.Tensor::new).toList(),
            first.shape());
    if (parts.unusedRows() > 0) {
      List<Long> shape = List.of((long) parts.unusedRows(), first.shape().getLast());
      return new WeightExpr.Concat(
          0, List.of(new WeightExpr.Fill(first.dtype(), shape, 0), stored));
    }
    return parts.transposed() ? new WeightExpr.Transpose(stored) : stored;
  }

  @Override
  public SortedMap<String, List<String>> namesOfStored() {
    SortedMap<String, List<String>> names = new TreeMap<>();
    for (int rank = 0; rank < config.ranks().ranks(); rank++) {
      String prefix = new RankFile(rank).qualified("");
      for (String stored : tensors.tailMap(prefix).keySet()) {
        if (!stored.startsWith(prefix)) {
          break;
        }
        String own = stored.substring(prefix.length());
        if (!COMPUTED.matcher(own).matches()) {
          names.put(stored, names(own, rank / config.ranks().tensor()));
        }
      }
    }
    return names;
  }

  /// The names whose parts are in that tensor of that stage's ranks.
  private List<String> names(String own, int stage) {
    return TensorPath.of(own).stream()
        .flatMap(path -> config.family().stored(path).flatMap(rule -> name(path, rule, stage)))
        .toList();
  }

  private Stream<String> name(TensorPath path, TensorRule rule, int stage) {
    Parallelism ranks = config.ranks();
    boolean layered = path.layer() != TensorPath.NO_LAYER;
    int layer = layered ? path.layer() + ranks.firstLayer(stage) : TensorPath.NO_LAYER;
    boolean held =
        layered ? layer < ranks.firstLayer(stage + 1) : stage == stage(rule, TensorPath.NO_LAYER);
    return held ? Stream.of(rule.askedPath(path, layer).text()) : Stream.empty();
  }

  @Override
  public List<TensorProblem> ofStored(List<TensorProblem> problems) {
    return problems.stream().flatMap(this::ofStored).distinct().toList();
  }

  private Stream<TensorProblem> ofStored(TensorProblem problem) {
    Optional<Parts> parts = parts(problem.tensor());
    if (parts.isEmpty()) {
      return Stream.of(problem);
    }
    List<Long> expected =
        shapes.shard(parts.get().spread(), parts.get().stored(problem.expected()));
    List<TensorProblem> found = new ArrayList<>();
    for (String part : parts.get().parts()) {
      Optional<Found> stored =
          Optional.ofNullable(tensors.get(part))
              .map(entry -> new Found(entry.dtype(), entry.shape()));
      if (stored.isEmpty()) {
        found.add(new TensorProblem(TensorProblem.Kind.MISSING, part, expected, ""));
      } else if (!stored.get().shape().equals(expected)) {
        String text = stored.get().text();
        found.add(new TensorProblem(TensorProblem.Kind.SHAPE, part, expected, text));
      } else if (!stored.get().dtype().isFloat()) {
        String text = stored.get().text();
        found.add(new TensorProblem(TensorProblem.Kind.DTYPE, part, expected, text));
      }
    }
    return found.isEmpty() ? Stream.of(problem) : found.stream();
  }
}
