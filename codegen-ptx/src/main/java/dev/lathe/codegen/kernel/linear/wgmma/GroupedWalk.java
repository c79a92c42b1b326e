package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.kernel.moe.GroupedProblem;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.asm.SharedRegion;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.Pred;
import dev.lathe.codegen.tile.BlockScan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The tiles of all experts' products, one expert after the other; those of one expert as
/// [TileWalk] has them. Where the tiles of an expert begin is a table in shared memory, made from
/// the starts of its rows: how many rows there are is known on the device alone. An expert's tiles
/// have equal shares of its tokens, a multiple of 8, where tiles may be narrower. Blocks of a
/// cluster that share a factor have neighbouring tiles, which count as one.
final class GroupedWalk implements TileOrder {
  private static final int LANES = 32;
  private static final int WORD = Integer.BYTES;

  /// Rounds of experts over lanes whose tokens are asked for at once.
  private static final int MOST_ROUNDS = 8;

  /// Tokens that tiles may have more or fewer.
  private static final int STEP = 8;

  private final KernelBuilder k;
  private final GroupedProblem problem;
  private final WgmmaConfig config;
  private final int experts;
  private final int rows;
  private final int rowTiles;
  private final int tokensAtOnce;
  private final SharedRegion firstTiles;
  private final SharedRegion firstTokens;
  private final Optional<SharedRegion> tileTokens;
  private final B32 tiles;

  GroupedWalk(KernelBuilder k, GroupedProblem problem, GroupedConfig grouped) {
    this.k = k;
    this.problem = problem;
    this.config = grouped.tile();
    this.experts = problem.experts();
    this.rows = config.rows() * config.rowTilesAtOnce();
    this.rowTiles = Math.ceilDiv(problem.linear().n(), rows);
    this.tokensAtOnce = config.tokens() * config.tokenTilesAtOnce();
    this.firstTiles = k.shared("first_tiles", WORD * (experts + 1), WORD);
    this.firstTokens = k.shared("first_tokens", WORD * (experts + 1), WORD);
    this.tileTokens =
        grouped.widths().size() > 1
            ? Optional.of(k.shared("tile_tokens", WORD * experts, WORD))
            : Optional.empty();
    this.tiles = k.constant(0);
  }

  /// Bytes of shared memory that the tables of an order take at most.
  static int tableBytes(int experts) {
    return WORD * (3 * experts + 2);
  }

  /// Makes the table; all threads of the block, which meet.
  ///
  /// @param starts address of the first token of each expert, and of the end
  void prepare(B64 starts) {
    k.comment("where tiles and tokens of each expert begin");
    k.ifThen(k.eq(k.warpIndex(), 0), () -> fill(starts));
    k.blockBarrier();
    B32 last = k.loadB32(k.at(k.addressOf(firstTiles), WORD * experts));
    k.assign(tiles, k.mul(last, rowTiles));
  }

  private void fill(B64 starts) {
    B32 lane = k.laneIndex();
    B32 before = k.constant(0);
    k.when(
        k.eq(lane, 0),
        () -> {
          k.store(k.at(k.addressOf(firstTiles)), before);
          k.store(k.at(k.addressOf(firstTokens)), before);
        });
    int rounds = Math.min(MOST_ROUNDS, Math.ceilDiv(experts, LANES));
    k.forRange(
        k.constant(0),
        experts,
        rounds * LANES,
        first -> {
          List<Range> ranges = new ArrayList<>();
          for (int round = 0; round < rounds; round++) {
            ranges.add(range(k.add(k.add(first, lane), round * LANES), starts));
          }
          k.warpBarrier();
          ranges.forEach(range -> enter(range, before, lane));
        });
  }

  /// Tokens of an expert; none of one that does not exist.
  private record Range(B32 expert, B32 start, B32 end, Pred exists) {}

  /// Asks for the tokens of an expert.
  private Range range(B32 expert, B64 starts) {
    B32 start = k.constant(0);
    B32 end = k.constant(0);
    B64 address = k.madWide(expert, WORD, starts);
    Pred exists = k.lt(expert, experts);
    k.when(
        exists,
        () -> {
          k.loadTo(start, k.at(address));
          k.loadTo(end, k.at(address, WORD));
        });
    return new Range(expert, start, end, exists);
  }

  /// Enters the expert of each lane.
  ///
  /// @param before tiles of the experts before those of the lanes; then of those after them
  private void enter(Range range, B32 before, B32 lane) {
    B32 count = k.sub(range.end, range.start);
    B32 own = k.div(k.add(count, tokensAtOnce - 1), tokensAtOnce);
    B32 upTo = k.add(before, BlockScan.warpInclusive(k, own, lane));
    B32 slot = k.mul(range.expert, WORD);
    B32 tileSlot = k.add(slot, k.addressOf(firstTiles));
    B32 tokenSlot = k.add(slot, k.addressOf(firstTokens));
    k.when(
        range.exists,
        () -> {
          k.store(k.at(tileSlot, WORD), upTo);
          k.store(k.at(tokenSlot, WORD), range.end);
        });
    tileTokens.ifPresent(table -> {
      B32 share = share(count, own);
      k.when(range.exists, () -> k.store(k.at(k.add(slot, k.addressOf(table))), share));
    });
    k.assign(before, k.shuffleFrom(upTo, k.constant(LANES - 1)));
  }

  /// Tokens of a tile.
  ///
  /// @param places of tiles, or of those of a cluster, that the tokens take
  private B32 share(B32 count, B32 places) {
    B32 tiles = k.max(k.mul(places, config.tokenTilesAtOnce()), 1);
    B32 least = k.div(k.add(count, k.sub(tiles, 1)), tiles);
    return k.and(k.add(least, STEP - 1), -STEP);
  }

  @Override
  public B32 tiles() {
    return tiles;
  }

  @Override
  public Place place(B32 tile) {
    B32 expert = expert(k.div(tile, rowTiles));
    B32 tileSlot = k.mad(expert, WORD, k.addressOf(firstTiles));
    B32 first = k.loadB32(k.at(tileSlot));
    B32 tokenTiles = k.sub(k.loadB32(k.at(tileSlot, WORD)), first);
    B32 tokenSlot = k.mad(expert, WORD, k.addressOf(firstTokens));
    B32 start = k.loadB32(k.at(tokenSlot));
    B32 end = k.loadB32(k.at(tokenSlot, WORD));
    B32 ofExpert = k.sub(tile, k.mul(first, rowTiles));
    Place inExpert =
        problem.maxCount() <= tokensAtOnce
            ? new Place(ofExpert, k.constant(0))
            : TileWalk.inGroups(k, ofExpert, tokenTiles, rowTiles, config.groupTiles());
    B32 row = k.mul(inExpert.row(), rows);
    if (config.rowTilesAtOnce() > 1) {
      row = k.mad(k.clusterRank(), config.rows(), row);
    }
    B32 share = tokens(expert);
    B32 token = k.mad(tokenTile(inExpert.token()), share, start);
    B32 weightRow = k.mad(expert, problem.linear().n(), row);
    B32 tileEnd = k.min(end, k.add(token, share));
    return new Place(row, token, Optional.of(new Part(weightRow, tileEnd)));
  }

  /// Tokens of an expert's tiles.
  private B32 tokens(B32 expert) {
    return tileTokens
        .map(table -> k.loadB32(k.at(k.mad(expert, WORD, k.addressOf(table)))))
        .orElseGet(() -> k.constant(config.tokens()));
  }

  /// Which of an expert's tiles of tokens this block has. A cluster whose blocks have neighbours
  /// may have one without tokens.
  private B32 tokenTile(B32 place) {
    int atOnce = config.tokenTilesAtOnce();
    return atOnce == 1 ? place : k.mad(place, atOnce, k.clusterRank());
  }

  /// The last expert whose tiles of tokens begin at that one or before.
  private B32 expert(B32 tokenTile) {
    B32 expert = k.constant(0);
    for (int step = Integer.highestOneBit(Math.max(1, experts - 1)); step > 0; step /= 2) {
      B32 later = k.add(expert, step);
      B32 first = k.constant(Integer.MAX_VALUE);
      B32 slot = k.mad(later, WORD, k.addressOf(firstTiles));
      k.when(k.lt(later, experts), () -> k.loadTo(first, k.at(slot)));
      expert = k.select(k.le(first, tokenTile), later, expert);
    }
    return expert;
  }
}
