package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;

/// Emits the kernel that takes the best of what [BestRows] left: a warp a token.
///
/// @param parts lines of the workspace
record BestOfParts(KernelBuilder k, long parts) {
  static final int THREADS = 32;

  void emit() {
    B64 values = k.pointer("values");
    B64 rows = k.pointer("rows");
    B64 out = k.pointer("out");
    B32 tokens = k.size("tokens");
    k.startSuccessor();
    B32 token = k.blockX();
    BestRow best = BestRow.none(k);
    k.waitForPredecessor();
    k.forRange(
        k.laneIndex(),
        Math.toIntExact(parts),
        THREADS,
        part -> {
          B32 place = k.mad(part, tokens, token);
          best.offer(
              k,
              k.loadF32(k.at(k.madWide(place, Float.BYTES, values))),
              k.loadB32(k.at(k.madWide(place, Integer.BYTES, rows))));
        });
    for (int distance = 1; distance < THREADS; distance *= 2) {
      best.offer(k, k.shuffleXor(best.value(), distance), k.shuffleXor(best.row(), distance));
    }
    k.ifThen(
        k.eq(k.laneIndex(), 0),
        () -> k.store(k.at(k.madWide(token, Integer.BYTES, out)), best.row()));
  }
}
