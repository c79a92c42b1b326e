package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.kernel.linear.LinearProblem;

/// A linear step for the Hopper kernel.
///
/// @param maxTokens greatest T, rounded up: it ranks configurations
public record WgmmaProblem(LinearProblem linear, long maxTokens) {
  private static final int FEW = 256;
  private static final int STEP = 8;

  static WgmmaProblem of(LinearProblem linear, long tokens) {
    long step = tokens <= FEW ? STEP : FEW;
    return new WgmmaProblem(linear, Math.max(1, Math.ceilDiv(tokens, step)) * step);
  }

  /// Tiles of the greatest result.
  long tiles(WgmmaConfig config) {
    return Math.ceilDiv(maxTokens, config.tokens()) * rowTiles(config);
  }

  /// Clusters that have a tile, or a tile each of their blocks, of the greatest result.
  long clusterTiles(WgmmaConfig config) {
    int tokens = config.tokens() * config.tokenTilesAtOnce();
    int rows = config.rows() * config.rowTilesAtOnce();
    return Math.ceilDiv(maxTokens, tokens) * Math.ceilDiv(linear.n(), rows);
  }

  long rowTiles(WgmmaConfig config) {
    return Math.ceilDiv(linear.n(), config.rows());
  }
}
