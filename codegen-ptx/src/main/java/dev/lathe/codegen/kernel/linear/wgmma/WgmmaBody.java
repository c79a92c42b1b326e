package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.epilogue.EpilogueEmitter;
import dev.lathe.codegen.kernel.linear.LinearProblem;
import dev.lathe.codegen.kernel.linear.wgmma.Producer.SlotSource;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import java.util.List;
import java.util.Optional;

/// Emits the Hopper linear kernel.
///
/// Operands are swapped: weight rows are the rows of a `wgmma`, tokens its columns, of which there
/// may be any multiple of 8. So one skeleton serves from few tokens to many.
final class WgmmaBody {
  static final int PRODUCER_REGISTERS = 40;
  static final int CONSUMER_REGISTERS = 232;

  /// A part of L2's 50 MB.
  private static final long KEPT_BYTES = 16 << 20;

  private final KernelBuilder k;
  private final LinearProblem problem;
  private final WgmmaConfig config;
  private final boolean readsOnce;
  private final B64 weights;
  private final B64 input;
  private final Destination destination;
  private final B32 tokens;
  private final StageRing ring;
  private final Optional<Turns> turns;
  private final TileWalk walk;
  private final KRange range;
  private final B32 firstTile;
  private final B32 tileStep;

  /// What the epilogue reads and writes: declared between the factors and T.
  private sealed interface Destination {
    record Elements(EpilogueEmitter epilogue) implements Destination {}

    record Tiles(B64 out, Optional<B64> bias, Optional<B64> residual) implements Destination {}

    record Best(BestRows.Parameters parameters) implements Destination {}
  }

  /// The product itself.
  ///
  /// @param maxTokens greatest T
  static WgmmaBody product(
      KernelBuilder k, LinearProblem problem, long maxTokens, WgmmaConfig config) {
    return new WgmmaBody(k, problem, maxTokens, config, false);
  }

  /// Of each token's results the greatest alone.
  ///
  /// @param maxTokens greatest T, which all have room in the tiles of a cluster
  static WgmmaBody best(
      KernelBuilder k, LinearProblem problem, long maxTokens, WgmmaConfig config) {
    return new WgmmaBody(k, problem, maxTokens, config, true);
  }

  private WgmmaBody(
      KernelBuilder k, LinearProblem problem, long maxTokens, WgmmaConfig config, boolean best) {
    this.k = k;
    this.problem = problem;
    this.config = config;
    this.readsOnce = best || keepsResults(problem, maxTokens, config);
    this.weights = k.tensorMap("weights");
    this.input = k.tensorMap("input");
    this.destination =
        best ? new Destination.Best(BestRows.Parameters.declare(k, problem)) : destination();
    this.tokens = k.size("tokens");
    this.ring = new StageRing(k, config);
    boolean pingPong = config.schedule() == WgmmaConfig.Schedule.PING_PONG;
    this.turns = pingPong ? Optional.of(new Turns(k)) : Optional.empty();
    this.walk = new TileWalk(k, problem, maxTokens, config, tokens);
    boolean clusters = config.clusterBlocks() > 1;
    this.range = KRange.of(k, problem.k(), config);
    this.firstTile = clusters ? k.clusterX() : k.blockX();
    this.tileStep = clusters ? k.clustersX() : k.gridX();
  }

  private Destination destination() {
    return switch (config.output()) {
      case SUMS ->
          new Destination.Elements(
              new EpilogueEmitter(k, problem.epilogue(), problem.outColumns()));
      case TILES, BOXES ->
          new Destination.Tiles(
              k.tensorMap("out"),
              problem.bias() ? Optional.of(k.pointer("bias")) : Optional.empty(),
              problem.residual() ? Optional.of(k.tensorMap("residual")) : Optional.empty());
    };
  }

  void emit() {
    k.blocksPerSm(config.blocksPerSm());
    k.cluster(config.clusterBlocks());
    B32 results =
        config.results().bytes() == 0
            ? ring.tiles
            : k.addressOf(
                k.shared("results", config.results().bytes(), config.results().alignment()));
    k.ifThen(
        k.eq(k.threadIndex(), 0),
        () -> {
          ring.init();
          turns.ifPresent(Turns::init);
          k.prefetchTensorMap(weights);
          k.prefetchTensorMap(input);
        });
    if (config.sharers() > 1) {
      k.clusterArriveRelaxed();
      k.clusterWait();
    } else {
      k.blockBarrier();
    }
    k.launchDependents();
    B32 warp = k.uniform(k.warpIndex());
    k.ifElse(k.lt(warp, consumerWarps()), () -> consume(warp, results), () -> produce(warp));
    if (config.splits() > 1) {
      k.comment("no block ends while another one reads its sums");
      k.warpBarrier();
      k.clusterArriveRelaxed();
      k.clusterWait();
    }
  }

  private int consumerWarps() {
    return config.warpgroups() * WgmmaConfig.WARPGROUP / 32;
  }

  private void produce(B32 warp) {
    if (config.movesRegisters()) {
      k.releaseRegisters(PRODUCER_REGISTERS);
    }
    k.ifThen(
        k.eq(warp, consumerWarps()),
        () -> {
          k.ifThen(k.elect(), () -> producer().emit(firstTile, tileStep));
          k.warpBarrier();
        });
    if (config.splits() > 1) {
      k.clusterArriveRelaxed();
      k.clusterWait();
    }
  }

  private Producer producer() {
    Optional<SlotSource> slots =
        switch (destination) {
          case Destination.Tiles tiles when config.output() == WgmmaConfig.Output.TILES ->
              Optional.of(
                  new SlotSource(
                      TileSlots.of(problem, config), tiles.residual(), problem.epilogue().gated()));
          case Destination.Elements _, Destination.Tiles _, Destination.Best _ -> Optional.empty();
        };
    return new Producer(
        k,
        config,
        ring,
        walk,
        range,
        config.stageBytes(),
        weightFactor(),
        Optional.of(inputFactor()),
        slots);
  }

  /// Weights that pass once leave L2 to what is read again: tokens, results, the residual stream.
  /// Beside results that L2 cannot keep, logits of many tokens, that made it slower.
  private Factor weightFactor() {
    Factor factor =
        config.tokenTilesAtOnce() > 1
            ? Factor.shared(k, weights, config.rowsBrought())
            : Factor.own(k, weights);
    return readsOnce ? factor.readOnce() : factor;
  }

  /// True if weights pass once, and results are so few that they stay in L2 for the next kernel.
  private static boolean keepsResults(LinearProblem problem, long maxTokens, WgmmaConfig config) {
    long resultBytes = maxTokens * problem.outColumns() * problem.outType().bytes();
    return maxTokens <= (long) config.tokens() * config.tokenTilesAtOnce()
        && resultBytes <= KEPT_BYTES;
  }

  private Factor inputFactor() {
    return config.rowTilesAtOnce() > 1
        ? Factor.shared(k, input, config.tokensBrought())
        : Factor.own(k, input);
  }

  private void consume(B32 warp, B32 results) {
    if (config.movesRegisters()) {
      k.claimRegisters(CONSUMER_REGISTERS);
    }
    k.waitForPredecessors();
    Warpgroup warpgroup = new Warpgroup(k, config, warp);
    List<Integer> widths = List.of(config.tokens());
    Optional<Turns.Own> own = turns.map(all -> all.of(warpgroup));
    Consumer consumer =
        new Consumer(k, config, problem.halfType(), ring, range, widths, warpgroup, own);
    Consumer.Output output =
        switch (destination) {
          case Destination.Elements(EpilogueEmitter epilogue) ->
              new StagedSums(k, problem, config, epilogue, tokens, warpgroup, results);
          case Destination.Best(BestRows.Parameters parameters) ->
              new BestRows(k, problem, config, parameters, tokens, warpgroup, results);
          case Destination.Tiles(B64 out, Optional<B64> bias, _) ->
              config.output() == WgmmaConfig.Output.TILES
                  ? new SlotTiles(k, problem, config, ring, out, bias, warpgroup)
                  : new OwnBoxes(
                      k, problem, config, out, bias, warpgroup, results, Optional.empty());
        };
    consumer.emit(walk, firstTile, tileStep, output);
  }
}
