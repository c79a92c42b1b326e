package dev.lathe.codegen.kernel.linear;

import dev.lathe.codegen.ptx.asm.MemoryOps.Cache;

/// Tuning parameters of [StreamLinear].
///
/// @param warps of a block; they split k
/// @param depth chunks of 64 elements of k that a warp has in flight, of 16 rows each
/// @param blocksPerSm blocks that share a multiprocessor
/// @param fetch what one load of weights makes L2 fetch
public record StreamLinearConfig(int warps, int depth, int blocksPerSm, Fetch fetch) {
  public StreamLinearConfig {
    if ((warps != 8 && warps != 16) || depth < 1 || depth > 8 || blocksPerSm < 1) {
      throw new IllegalArgumentException(warps + " warps, " + depth + " chunks in flight");
    }
  }

  /// Bytes around a load that L2 fetches with it.
  public enum Fetch {
    SECTORS(Cache.STREAM_IN_ORDER),
    BYTES_128(Cache.STREAM_IN_ORDER_128B),
    BYTES_256(Cache.STREAM_IN_ORDER_256B);

    private final Cache cache;

    Fetch(Cache cache) {
      this.cache = cache;
    }

    Cache cache() {
      return cache;
    }
  }
}
