package dev.lathe.codegen.ptx.asm;

import static dev.lathe.codegen.ptx.isa.Operand.imm;

import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Operand;
import dev.lathe.codegen.ptx.isa.Operand.Pair;
import dev.lathe.codegen.ptx.isa.Operand.Vector;
import dev.lathe.codegen.ptx.isa.Pred;

/// What threads do together: shuffles, votes, barriers. Shuffles and votes want all 32 lanes.
public interface WarpOps extends Emitter {

  /// Mask of all lanes.
  Operand ALL_LANES = imm(-1);

  private B32 shuffle(String mode, Operand value, Operand lane, int clamp) {
    return b32("shfl.sync." + mode + ".b32", value, lane, imm(clamp), ALL_LANES);
  }

  private F32 shuffleFloat(String mode, F32 value, Operand lane, int clamp) {
    return f32("shfl.sync." + mode + ".b32", value, lane, imm(clamp), ALL_LANES);
  }

  /// The value of lane `lane xor mask`.
  default B32 shuffleXor(B32 value, int mask) {
    return shuffle("bfly", value, imm(mask), 31);
  }

  default F32 shuffleXor(F32 value, int mask) {
    return shuffleFloat("bfly", value, imm(mask), 31);
  }

  default B64 shuffleXor(B64 value, int mask) {
    B32 low = newB32();
    B32 high = newB32();
    emit("mov.b64", Vector.of(low, high), value);
    return b64("mov.b64", Vector.of(shuffleXor(low, mask), shuffleXor(high, mask)));
  }

  /// The value of lane `lane - distance`; the own one where there is no such lane.
  default B32 shuffleUp(B32 value, int distance) {
    return shuffle("up", value, imm(distance), 0);
  }

  default B64 shuffleUp(B64 value, int distance) {
    B32 low = newB32();
    B32 high = newB32();
    emit("mov.b64", Vector.of(low, high), value);
    return b64("mov.b64", Vector.of(shuffleUp(low, distance), shuffleUp(high, distance)));
  }

  /// The value of a given lane.
  default B32 shuffleFrom(B32 value, B32 lane) {
    return shuffle("idx", value, lane, 31);
  }

  default F32 shuffleFrom(F32 value, B32 lane) {
    return shuffleFloat("idx", value, lane, 31);
  }

  /// A value that is the same in all lanes, in such a form that the assembler knows it, which it
  /// does not of [#uniform]: after branches on such a value it need not gather the lanes again, and
  /// descriptors made of it need no copies. sm_80.
  default B32 evidentlyUniform(B32 value) {
    return maxOfLanesU(value);
  }

  /// The value of lane 0.
  default B32 uniform(B32 value) {
    return shuffle("idx", value, imm(0), 31);
  }

  /// The greatest value of all lanes, unsigned; sm_80.
  default B32 maxOfLanesU(B32 value) {
    return b32("redux.sync.max.u32", value, ALL_LANES);
  }

  /// The least value of all lanes, unsigned; sm_80.
  default B32 minOfLanesU(B32 value) {
    return b32("redux.sync.min.u32", value, ALL_LANES);
  }

  /// Bit i: the predicate in lane i.
  default B32 ballot(Pred predicate) {
    return b32("vote.sync.ballot.b32", predicate, ALL_LANES);
  }

  /// True if any lane has it.
  default Pred anyLane(Pred predicate) {
    return pred("vote.sync.any.pred", predicate, ALL_LANES);
  }

  /// One lane of the warp, always the same.
  default Pred elect() {
    Pred chosen = newPred();
    emit("elect.sync", new Pair(newB32(), chosen), ALL_LANES);
    return chosen;
  }

  /// All threads of the block.
  default void blockBarrier() {
    emit("bar.sync", imm(0));
  }

  /// `threads` threads meet at barrier `id`, 1 to 15; `threads` is a multiple of 32.
  default void barrier(int id, int threads) {
    emit("bar.sync", imm(id), imm(threads));
  }

  /// Arrives at a named barrier without waiting.
  default void barrierArrive(int id, int threads) {
    emit("bar.arrive", imm(id), imm(threads));
  }

  /// All lanes of the warp; orders their accesses to memory.
  default void warpBarrier() {
    emit("bar.warp.sync", ALL_LANES);
  }

  /// Ends the thread.
  default void exit() {
    emit("exit");
  }

  /// Waits until the kernels before this one are done, if it was launched early. Every kernel that
  /// is launched with programmatic dependencies has to call it before it touches their data.
  default void waitForPredecessors() {
    emit("griddepcontrol.wait");
  }

  /// Lets the next kernel start early.
  default void launchDependents() {
    emit("griddepcontrol.launch_dependents");
  }
}
