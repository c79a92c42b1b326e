package dev.lathe.codegen.kernel.attention.wgmma;

import dev.lathe.codegen.kernel.attention.AttentionProblem;
import dev.lathe.codegen.kernel.attention.wgmma.TileStorage.Ring;
import dev.lathe.codegen.kernel.attention.wgmma.WorkItem.Keys;
import dev.lathe.codegen.kernel.attention.wgmma.WorkItem.Rows;
import dev.lathe.codegen.kernel.attention.wgmma.WorkItem.Source;
import dev.lathe.codegen.kernel.attention.wgmma.WorkSearch.TokenTile;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.Pred;

/// Emits the warp that finds the work of the block and hands it to all others.
///
/// Items are numbered, those that see most keys of a sequence first, and all heads of some tokens
/// side by side. A block begins with the item of its own number. After that it draws the next
/// number that nobody has from a counter in global memory: items differ by much, and no order that
/// is fixed ahead gives all blocks the same amount. It draws as late as it can: when the keys of
/// the item before are about to be loaded.
final class WorkScheduler {
  private final KernelBuilder k;
  private final AttentionProblem problem;
  private final WgmmaAttentionConfig config;
  private final WgmmaAttentionParameters parameters;
  private final TileStorage storage;
  private final QueryTile queryTile;
  private final WorkSearch search;
  private final RingPosition position;
  private final B32 wantedPhase;
  private final Pred leader;
  private final B32 zero;

  WorkScheduler(
      KernelBuilder k,
      AttentionProblem problem,
      WgmmaAttentionConfig config,
      WgmmaAttentionParameters parameters,
      TileStorage storage) {
    this.k = k;
    this.problem = problem;
    this.config = config;
    this.parameters = parameters;
    this.storage = storage;
    this.queryTile = QueryTile.of(problem.heads().group());
    this.search =
        new WorkSearch(
            k, problem, config, parameters.starts(), parameters.contexts(), parameters.sequences());
    this.position = storage.start(Ring.ITEMS);
    this.wantedPhase = k.constant(0);
    this.leader = k.eq(k.laneIndex(), 0);
    this.zero = k.constant(0);
  }

  void emit() {
    B32 total = k.mul(parameters.tiles(), headTiles());
    B32 index = k.copy(k.blockX());
    parameters
        .counter()
        .ifPresentOrElse(
            counter ->
                k.loop(() -> {
                  k.breakIf(k.ge(index, total));
                  serve(index, this::awaitWanted);
                  draw(counter, index);
                }),
            () -> serve(index, () -> {}));
    publish(WorkItem.end(zero));
  }

  /// Tiles that the heads make.
  private B32 headTiles() {
    return k.constant(problem.heads().keyValue() * queryTile.parts());
  }

  /// Publishes an item, if there is any work in it, and does what is to be done after that.
  private void serve(B32 index, Runnable after) {
    B32 rank = k.div(index, headTiles());
    B32 headTile = k.rem(index, headTiles());
    TokenTile tile = search.tile(k.sub(k.sub(parameters.tiles(), 1), rank));
    k.ifThen(
        k.gt(tile.remaining(), 0),
        () -> {
          publish(item(tile, headTile));
          after.run();
        });
  }

  private WorkItem item(TokenTile tile, B32 headTile) {
    B32 kvHead = k.div(headTile, queryTile.parts());
    B32 inGroup = k.mul(k.rem(headTile, queryTile.parts()), queryTile.heads());
    int group = problem.heads().group();
    return new WorkItem(
        new Rows(
            tile.row(),
            tile.remaining(),
            k.mad(kvHead, group, inGroup),
            k.sub(k.constant(group), inGroup)),
        keys(tile),
        new Source(tile.sequence(), kvHead, tile.context()));
  }

  private Keys keys(TokenTile tile) {
    B32 tokens = k.min(tile.remaining(), WorkItem.blockTokens(problem, config));
    boolean causal = problem.scores().causal();
    B32 end = causal ? k.add(tile.position(), tokens) : tile.context();
    B32 behindLast = k.div(k.add(k.max(end, 0), config.keys() - 1), config.keys());
    B32 begin =
        problem.window() == 0 ? zero : k.max(k.sub(tile.position(), problem.window() - 1), 0);
    B32 firstTile = k.div(begin, config.keys());
    return new Keys(
        causal ? tile.position() : k.sub(end, 1),
        k.max(k.sub(behindLast, 1), firstTile),
        firstTile,
        end);
  }

  private void publish(WorkItem item) {
    k.awaitPhase(k.at(storage.empty(Ring.ITEMS, position)), k.xor(position.phase(), 1));
    B32 address = storage.stage(Ring.ITEMS, position);
    B32 full = storage.full(Ring.ITEMS, position);
    k.ifThen(
        leader,
        () -> {
          item.store(k, address);
          k.arrive(k.at(full));
        });
    position.advance(k);
  }

  private void awaitWanted() {
    k.awaitPhase(storage.wanted(), wantedPhase);
    k.assign(wantedPhase, k.xor(wantedPhase, 1));
  }

  /// The next number that no block has: the first ones, as many as there are blocks, are given.
  private void draw(B64 counter, B32 index) {
    B32 drawn = k.copy(zero);
    k.when(leader, () -> k.atomicAddTo(drawn, k.at(counter), k.constant(1)));
    k.assign(index, k.add(k.uniform(drawn), k.gridX()));
  }
}
