package dev.lathe.codegen.kernel.attention.wgmma;

/// Tuning parameters of attention with `wgmma`.
///
/// @param warpgroups that compute, 64 rows of queries each; one more brings the tiles
/// @param keys of a tile, a multiple of 16
/// @param keyStages tiles of keys in shared memory
/// @param valueStages tiles of values in shared memory
/// @param queryStages tiles of queries in shared memory
/// @param turns lets a warpgroup begin its products when the one before has its scores, so that one
///     weighs scores while another one's products run
/// @param blocks that draw tiles of queries until there are no more; 0 for a block for each tile,
///     which the GPU starts when there is room
public record WgmmaAttentionConfig(
    int warpgroups,
    int keys,
    int keyStages,
    int valueStages,
    int queryStages,
    boolean turns,
    int blocks) {
  static final int WARPGROUP_WARPS = 4;
  static final int WARPGROUP_THREADS = 32 * WARPGROUP_WARPS;

  private static final int MULTIPROCESSOR_REGISTERS = 65536;

  public WgmmaAttentionConfig {
    boolean legal =
        warpgroups >= 2
            && warpgroups <= 3
            && keys % 16 == 0
            && keyStages >= 2
            && valueStages >= 2
            && queryStages >= 1
            && blocks >= 0;
    if (!legal) {
      throw new IllegalArgumentException(warpgroups + " warpgroups, tiles of " + keys + " keys");
    }
  }

  int threads() {
    return (warpgroups + 1) * WARPGROUP_THREADS;
  }

  /// Whether blocks draw work from a counter.
  boolean draws() {
    return blocks > 0;
  }

  /// Warps that compute.
  int consumerWarps() {
    return WARPGROUP_WARPS * warpgroups;
  }

  /// Registers of a thread that computes.
  int consumerRegisters(int headDim) {
    return warpgroups == 3 ? 152 : headDim > 192 ? 232 : 224;
  }

  /// Registers of a thread that does not compute: what the others leave of those that the block
  /// starts with. With one more, those that compute would wait for their share for ever.
  int producerRegisters(int headDim) {
    int each = MULTIPROCESSOR_REGISTERS / threads() / 8 * 8;
    return (warpgroups + 1) * each - warpgroups * consumerRegisters(headDim);
  }
}
