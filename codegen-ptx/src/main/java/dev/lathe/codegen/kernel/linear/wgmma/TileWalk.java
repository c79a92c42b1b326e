package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.kernel.linear.LinearProblem;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.Pred;

/// The order of a result's tiles. Tokens first, in groups, so that tiles that are computed at the
/// same time share both tokens and weights. Blocks of a cluster that share a factor have
/// neighbouring tiles, which count as one.
final class TileWalk implements TileOrder {
  private final KernelBuilder k;
  private final WgmmaConfig config;
  private final int rowTiles;
  private final int rows;
  private final int tokensAtOnce;
  private final boolean manyTokenTiles;
  private final B32 tokenTiles;

  private final B32 tiles;

  /// @param tokens T, at most `maxTokens`
  TileWalk(KernelBuilder k, LinearProblem problem, long maxTokens, WgmmaConfig config, B32 tokens) {
    this.k = k;
    this.config = config;
    this.rows = config.rows() * config.rowTilesAtOnce();
    this.tokensAtOnce = config.tokens() * config.tokenTilesAtOnce();
    this.rowTiles = Math.ceilDiv(problem.n(), rows);
    this.manyTokenTiles = maxTokens > tokensAtOnce;
    this.tokenTiles = k.div(k.add(tokens, tokensAtOnce - 1), tokensAtOnce);
    this.tiles = k.mul(tokenTiles, rowTiles);
  }

  @Override
  public B32 tiles() {
    return tiles;
  }

  @Override
  public Place place(B32 tile) {
    Place first = ofCluster(tile);
    return switch (config.sharing()) {
      case NONE -> first;
      case TOKENS -> new Place(k.mad(k.clusterRank(), config.rows(), first.row()), first.token());
      case WEIGHTS ->
          new Place(first.row(), k.mad(k.clusterRank(), config.tokens(), first.token()));
    };
  }

  private Place ofCluster(B32 tile) {
    if (!manyTokenTiles) {
      return new Place(k.mul(tile, rows), k.constant(0));
    }
    Place first = inGroups(k, tile, tokenTiles, rowTiles, config.groupTiles());
    return new Place(k.mul(first.row(), rows), k.mul(first.token(), tokensAtOnce));
  }

  /// Which tile of rows and which of tokens a tile is, counted from 0.
  ///
  /// @param group tiles of tokens that are neighbours
  static Place inGroups(KernelBuilder k, B32 tile, B32 tokenTiles, int rowTiles, int group) {
    B32 groupIndex = k.div(tile, group * rowTiles);
    B32 firstToken = k.mul(groupIndex, group);
    B32 tileInGroup = k.sub(tile, k.mul(groupIndex, group * rowTiles));
    B32 left = k.sub(tokenTiles, firstToken);
    Pred whole = k.ge(left, group);
    B32 width = k.select(whole, k.constant(group), left);
    B32 row = k.div(tileInGroup, width);
    B32 token = k.add(firstToken, k.sub(tileInGroup, k.mul(row, width)));
    return new Place(row, token);
  }
}
