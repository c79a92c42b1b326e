package dev.lathe.codegen.ptx.sim;

import java.util.HashMap;
import java.util.Map;

/// Watches a block of a kernel that starts before its predecessors are done: until it waited for
/// them, itself or by a barrier after another warp's wait, a warp must not touch what they write or
/// read.
final class EarlyStart {
  private final boolean early;
  private final GlobalMemory memory;
  private final Map<Integer, Integer> waits = new HashMap<>();

  EarlyStart(boolean early, GlobalMemory memory) {
    this.early = early;
    this.memory = memory;
  }

  /// `griddepcontrol.wait`.
  void waited(Warp warp) {
    waits.put(warp.number, warp.clock.epoch(warp.number));
    warp.clock.tick(warp.number);
  }

  /// Checks an access to global memory.
  void check(Warp warp, long address, long bytes) {
    if (early && memory.isOfPredecessors(address, bytes) && !knowsOfWait(warp)) {
      throw new Race(
          "global address "
              + Long.toHexString(address)
              + " is used before the kernels that may write it are waited for");
    }
  }

  private boolean knowsOfWait(Warp warp) {
    return waits.entrySet().stream()
        .anyMatch(wait -> warp.clock.epoch(wait.getKey()) > wait.getValue());
  }
}
