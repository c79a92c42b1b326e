package dev.lathe.codegen.kernel.attention.wgmma;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;

/// Where a role is in a ring of stages.
///
/// @param stage from 0
/// @param phase parity of the rounds that it completed
record RingPosition(int stages, B32 stage, B32 phase) {

  /// The beginning.
  static RingPosition start(KernelBuilder k, int stages) {
    return new RingPosition(stages, k.constant(0), k.constant(0));
  }

  /// Goes on to the next stage.
  void advance(KernelBuilder k) {
    k.addTo(stage, 1);
    B32 wrapped = k.select(k.eq(stage, stages), 1, 0);
    k.assign(stage, k.select(k.eq(wrapped, 1), k.constant(0), stage));
    k.assign(phase, k.xor(phase, wrapped));
  }
}
