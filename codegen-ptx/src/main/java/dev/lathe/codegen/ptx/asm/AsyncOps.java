package dev.lathe.codegen.ptx.asm;

import static dev.lathe.codegen.ptx.isa.Operand.imm;

import dev.lathe.codegen.ptx.isa.B16;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.Operand;
import dev.lathe.codegen.ptx.isa.Operand.Address;
import dev.lathe.codegen.ptx.isa.Operand.TensorAddress;
import dev.lathe.codegen.ptx.isa.Pred;
import java.util.List;

/// Copies that run beside the program, and the barriers that tell when they are done.
public interface AsyncOps extends Emitter {
  /// `cp.async` under a policy of L2.
  String STRETCH = "cp.async.cg.shared.global.L2::cache_hint.L2::256B";

  /// `cp.async`: 4, 8 or 16 bytes global to shared; 16 bypass L1.
  default void copyAsync(Address shared, Address global, int bytes) {
    emit("cp.async." + (bytes == 16 ? "cg" : "ca") + ".shared.global", shared, global, imm(bytes));
  }

  /// `cp.async` of which only the first `validBytes` are read; the rest becomes zero.
  default void copyAsync(Address shared, Address global, int bytes, B32 validBytes) {
    String level = bytes == 16 ? "cg" : "ca";
    emit("cp.async." + level + ".shared.global", shared, global, imm(bytes), validBytes);
  }

  /// [#copyAsync] of 16 bytes of a stretch that is read once, from end to end: L2 fetches it in
  /// pieces of 256 bytes.
  ///
  /// @param validBytes that are read; the rest becomes zero
  /// @param policy of L2, as [#evictFirst]
  default void copyAsyncOfStretch(Address shared, Address global, B32 validBytes, B64 policy) {
    emit(STRETCH, shared, global, imm(16), validBytes, policy);
  }

  /// All 16 bytes.
  default void copyAsyncOfStretch(Address shared, Address global, B64 policy) {
    emit(STRETCH, shared, global, imm(16), policy);
  }

  /// Closes a group of [#copyAsync].
  default void commitCopies() {
    emit("cp.async.commit_group");
  }

  /// Waits until all but the newest `pending` groups of this thread are done.
  default void waitCopies(int pending) {
    emit("cp.async.wait_group", imm(pending));
  }

  /// Makes an mbarrier that completes a phase after `arrivals` arrivals.
  default void initBarrier(Address barrier, int arrivals) {
    emit("mbarrier.init.shared::cta.b64", barrier, imm(arrivals));
  }

  /// Makes the barriers that this thread initialised visible to asynchronous copies and the
  /// cluster.
  default void fenceBarrierInit() {
    emit("fence.mbarrier_init.release.cluster");
  }

  default void arrive(Address barrier) {
    emit("mbarrier.arrive.shared::cta.b64", new Operand.Sink(), barrier);
  }

  /// Arrives, and makes the phase wait for `bytes` more bytes of bulk copies.
  default void arriveExpecting(Address barrier, int bytes) {
    emit("mbarrier.arrive.expect_tx.shared::cta.b64", new Operand.Sink(), barrier, imm(bytes));
  }

  default void arriveExpecting(Address barrier, B32 bytes) {
    emit("mbarrier.arrive.expect_tx.shared::cta.b64", new Operand.Sink(), barrier, bytes);
  }

  /// True once the phase of the given parity is complete; may wait a while.
  default Pred tryWait(Address barrier, B32 parity) {
    return pred("mbarrier.try_wait.parity.shared::cta.b64", barrier, parity);
  }

  /// One bulk copy, global to shared, that reports to `barrier`; all multiples of 16 bytes.
  default void copyBulk(Address shared, Address global, Operand bytes, Address barrier) {
    emit(
        "cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes",
        shared,
        global,
        bytes,
        barrier);
  }

  /// [#copyBulk] with a cache policy.
  default void copyBulk(
      Address shared, Address global, Operand bytes, Address barrier, B64 policy) {
    emit(
        "cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes.L2::cache_hint",
        shared,
        global,
        bytes,
        barrier,
        policy);
  }

  /// One copy of a box of a tensor map, global to shared, that reports its bytes to `barrier`.
  ///
  /// @param map from [KernelBuilder#tensorMap]
  /// @param coordinates of the box's first element, the innermost first; outside are zeros
  /// @param shared aligned to 128 bytes, or to 8 rows of the swizzle
  default void copyTensor(Address shared, B64 map, List<B32> coordinates, Address barrier) {
    emit(
        "cp.async.bulk.tensor."
            + coordinates.size()
            + "d.shared::cluster.global.tile.mbarrier::complete_tx::bytes",
        shared,
        new TensorAddress(map, coordinates),
        barrier);
  }

  /// [#copyTensor] with a cache policy.
  default void copyTensor(
      Address shared, B64 map, List<B32> coordinates, Address barrier, B64 policy) {
    emit(
        "cp.async.bulk.tensor."
            + coordinates.size()
            + "d.shared::cluster.global.tile.mbarrier::complete_tx::bytes.L2::cache_hint",
        shared,
        new TensorAddress(map, coordinates),
        barrier,
        policy);
  }

  /// [#copyTensor] to the same place in several blocks of the cluster, which reports to the barrier
  /// at the same place in each of them.
  ///
  /// @param blocks bit r for the block of rank r
  default void copyTensorToBlocks(
      Address shared, B64 map, List<B32> coordinates, Address barrier, B16 blocks) {
    emit(
        "cp.async.bulk.tensor."
            + coordinates.size()
            + "d.shared::cluster.global.tile.mbarrier::complete_tx::bytes.multicast::cluster",
        shared,
        new TensorAddress(map, coordinates),
        barrier,
        blocks);
  }

  /// [#copyTensorToBlocks] with a cache policy.
  default void copyTensorToBlocks(
      Address shared, B64 map, List<B32> coordinates, Address barrier, B16 blocks, B64 policy) {
    emit(
        "cp.async.bulk.tensor."
            + coordinates.size()
            + "d.shared::cluster.global.tile.mbarrier::complete_tx::bytes.multicast::cluster"
            + ".L2::cache_hint",
        shared,
        new TensorAddress(map, coordinates),
        barrier,
        blocks,
        policy);
  }

  /// One copy of a box, shared to global; what lies outside of the map is not written. Belongs to
  /// the group that [#commitBulk] closes.
  default void storeTensor(B64 map, List<B32> coordinates, Address shared) {
    emit(
        "cp.async.bulk.tensor." + coordinates.size() + "d.global.shared::cta.tile.bulk_group",
        new TensorAddress(map, coordinates),
        shared);
  }

  /// Closes a group of [#storeTensor].
  default void commitBulk() {
    emit("cp.async.bulk.commit_group");
  }

  /// Waits until all but the newest `pending` groups of this thread have read their shared memory.
  default void waitBulkRead(int pending) {
    emit("cp.async.bulk.wait_group.read", imm(pending));
  }

  /// Waits until all but the newest `pending` groups of this thread are done.
  default void waitBulk(int pending) {
    emit("cp.async.bulk.wait_group", imm(pending));
  }

  /// Fetches the description of a tensor map ahead of its first use.
  default void prefetchTensorMap(B64 map) {
    emit("prefetch.tensormap", new Address(map, 0));
  }

  /// The policy for data that is read once.
  default B64 evictFirst() {
    return b64("createpolicy.fractional.L2::evict_first.b64", imm(1f));
  }

  /// Orders this thread's writes to shared memory before asynchronous reads of them.
  default void fenceAsyncShared() {
    emit("fence.proxy.async.shared::cta");
  }
}
