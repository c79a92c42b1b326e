package dev.lathe.codegen.kernel.linear;

/// Tuning parameters of the linear kernel for few tokens.
///
/// @param warps of a block; they split k
/// @param tokenTiles tiles of 8 tokens that a block computes
/// @param unroll chunks of 32 elements of k that a warp has in flight
public record SkinnyLinearConfig(int warps, int tokenTiles, int unroll) {
  public SkinnyLinearConfig {
    if (warps < 1 || warps > 32 || tokenTiles < 1 || tokenTiles > 8 || unroll < 1) {
      throw new IllegalArgumentException(warps + " warps, " + tokenTiles + " token tiles");
    }
  }

  /// Shared memory of a block: one partial sum a warp, token and row.
  int sharedBytes() {
    return warps * tokenTiles * 8 * SkinnyLinearBody.PITCH * Float.BYTES;
  }
}
