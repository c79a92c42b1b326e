package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.epilogue.EpilogueEmitter;
import dev.lathe.codegen.kernel.linear.LinearProblem;
import dev.lathe.codegen.kernel.moe.GroupedProblem;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import java.util.Optional;

/// Emits the Hopper kernel of many products, each of an expert's weights with its own tokens, which
/// lie together or are found through an index: as [WgmmaBody], with another order of tiles. Tiles
/// may read tokens of the next expert, but do not store them.
///
/// Which weights are needed is a result of kernels before this one, so nothing is asked for before
/// they are done.
final class GroupedBody {
  private final KernelBuilder k;
  private final LinearProblem linear;
  private final GroupedConfig grouped;
  private final WgmmaConfig config;
  private final B64 weights;
  private final Tokens tokens;
  private final B64 starts;
  private final Optional<EpilogueEmitter> epilogue;
  private final Optional<Boxes> boxes;
  private final StageRing ring;
  private final GroupedWalk walk;
  private final KRange range;

  /// Where tokens come from.
  private sealed interface Tokens {
    record Boxes(B64 map) implements Tokens {}

    record Rows(RowGatherer.Source source) implements Tokens {}
  }

  /// @param map tensor map of the result
  /// @param out its address
  private record Boxes(B64 map, B64 out) {}

  GroupedBody(KernelBuilder k, GroupedProblem problem, GroupedConfig grouped) {
    this.k = k;
    this.linear = problem.linear();
    this.grouped = grouped;
    this.config = grouped.tile();
    this.weights = k.tensorMap("weights");
    this.tokens = tokens();
    this.starts = k.pointer("starts");
    boolean leavesAsBoxes = config.output() == WgmmaConfig.Output.BOXES;
    this.epilogue =
        leavesAsBoxes
            ? Optional.empty()
            : Optional.of(new EpilogueEmitter(k, linear.epilogue(), linear.outColumns()));
    this.boxes =
        leavesAsBoxes
            ? Optional.of(new Boxes(k.tensorMap("out"), k.pointer("out_rows")))
            : Optional.empty();
    this.ring = new StageRing(k, config, grouped.gatherers());
    this.walk = new GroupedWalk(k, problem, grouped);
    this.range = KRange.of(k, linear.k(), config);
  }

  private Tokens tokens() {
    return switch (grouped.gathering()) {
      case NONE, BEFORE -> new Tokens.Boxes(k.tensorMap("input"));
      case IN_RING ->
          new Tokens.Rows(
              new RowGatherer.Source(k.pointer("input"), k.pointer("rows"), linear.k()));
    };
  }

  void emit() {
    k.blocksPerSm(config.blocksPerSm());
    k.cluster(config.clusterBlocks());
    B32 results =
        k.addressOf(k.shared("results", config.results().bytes(), config.results().alignment()));
    k.ifThen(
        k.eq(k.threadIndex(), 0),
        () -> {
          ring.init();
          k.prefetchTensorMap(weights);
          if (tokens instanceof Tokens.Boxes(B64 map)) {
            k.prefetchTensorMap(map);
          }
        });
    if (config.sharers() > 1) {
      k.clusterArriveRelaxed();
      k.clusterWait();
    }
    k.launchDependents();
    k.waitForPredecessors();
    walk.prepare(starts);
    B32 warp = k.uniform(k.warpIndex());
    k.ifElse(k.lt(warp, consumerWarps()), () -> consume(warp, results), () -> produce(warp));
  }

  private int consumerWarps() {
    return config.warpgroups() * WgmmaConfig.WARPGROUP / 32;
  }

  private B32 firstTile() {
    return config.clusterBlocks() > 1 ? k.clusterX() : k.blockX();
  }

  private B32 tileStep() {
    return config.clusterBlocks() > 1 ? k.clustersX() : k.gridX();
  }

  private void produce(B32 warp) {
    if (config.movesRegisters()) {
      k.releaseRegisters(grouped.producerRegisters());
    }
    k.ifThen(
        k.eq(warp, consumerWarps()),
        () -> {
          k.ifThen(k.elect(), () -> producer().emit(firstTile(), tileStep()));
          k.warpBarrier();
        });
    if (tokens instanceof Tokens.Rows(RowGatherer.Source source)) {
      B32 gatherer = k.sub(warp, consumerWarps() + 1);
      k.ifThen(
          k.ltU(gatherer, grouped.gatherers()),
          () ->
              new RowGatherer(k, grouped, ring, walk, source, gatherer)
                  .emit(firstTile(), tileStep()));
    }
  }

  private Producer producer() {
    Optional<Factor> input =
        switch (tokens) {
          case Tokens.Boxes(B64 map) when config.rowTilesAtOnce() > 1 ->
              Optional.of(Factor.shared(k, map, config.tokensBrought()));
          case Tokens.Boxes(B64 map) -> Optional.of(Factor.own(k, map));
          case Tokens.Rows _ -> Optional.empty();
        };
    Factor rows =
        config.tokenTilesAtOnce() > 1
            ? Factor.shared(k, weights, config.rowsBrought())
            : Factor.own(k, weights);
    Factor brought = grouped.readsOnce() ? rows.readOnce() : rows;
    return new Producer(
        k, config, ring, walk, range, grouped.boxBytes(), brought, input, Optional.empty());
  }

  private void consume(B32 warp, B32 results) {
    if (config.movesRegisters()) {
      k.claimRegisters(grouped.consumerRegisters());
    }
    Warpgroup warpgroup = new Warpgroup(k, config, warp);
    Optional<Turns.Own> noTurns = Optional.empty();
    Consumer consumer =
        new Consumer(
            k, config, linear.halfType(), ring, range, grouped.widths(), warpgroup, noTurns);
    consumer.emit(walk, firstTile(), tileStep(), output(warpgroup, results));
  }

  private Consumer.Output output(Warpgroup warpgroup, B32 results) {
    if (epilogue.isPresent()) {
      // No tile reaches past the end of its product.
      B32 all = k.constant(Integer.MAX_VALUE);
      return new StagedSums(k, linear, config, epilogue.get(), all, warpgroup, results);
    }
    Boxes to = boxes.orElseThrow();
    TileSlots slots = TileSlots.of(linear, config);
    RaggedBox ragged = new RaggedBox(k, slots, linear.outColumns(), to.out(), warpgroup.thread);
    Optional<B64> noBias = Optional.empty();
    return new OwnBoxes(
        k, linear, config, to.map(), noBias, warpgroup, results, Optional.of(ragged));
  }
}
