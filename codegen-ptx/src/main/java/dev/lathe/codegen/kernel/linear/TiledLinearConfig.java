package dev.lathe.codegen.kernel.linear;

/// Tuning parameters of the linear kernel for many tokens.
///
/// @param tokens rows of a block's tile, a multiple of 16 times `tokenWarps`
/// @param features columns of a block's tile, a multiple of 16 times `featureWarps`
/// @param tokenWarps warps side by side along the tokens
/// @param featureWarps warps side by side along the features
/// @param stages tiles of k in shared memory, the one that is computed included
public record TiledLinearConfig(
    int tokens, int features, int tokenWarps, int featureWarps, int stages) {
  public TiledLinearConfig {
    if (tokens % (16 * tokenWarps) != 0 || features % (16 * featureWarps) != 0 || stages < 2) {
      throw new IllegalArgumentException(tokens + "x" + features + " over warps");
    }
  }

  /// Shared memory of a block: tiles of 64 16-bit elements of k, all stages.
  int sharedBytes() {
    return stages * (tokens + features) * TiledLinearBody.ROW_BYTES;
  }

  int warps() {
    return tokenWarps * featureWarps;
  }
}
