package dev.lathe.codegen.ptx.asm;

import dev.lathe.codegen.ptx.isa.B16;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Operand;
import dev.lathe.codegen.ptx.isa.Operand.Address;
import dev.lathe.codegen.ptx.isa.Operand.Special;
import dev.lathe.codegen.ptx.isa.Operand.Vector;
import java.util.List;

/// What blocks of a cluster do together; sm_90. Clusters lie along x.
public interface ClusterOps extends Emitter {

  /// The block in its cluster.
  default B32 clusterRank() {
    return b32("mov.u32", new Special("cluster_ctarank"));
  }

  /// The cluster in the grid.
  default B32 clusterX() {
    return b32("mov.u32", new Special("clusterid.x"));
  }

  /// The number of clusters of the grid along x.
  default B32 clustersX() {
    return b32("mov.u32", new Special("nclusterid.x"));
  }

  /// The address of the same place in the shared memory of the block of the given rank.
  default B32 inBlock(B32 sharedAddress, B32 rank) {
    return b32("mapa.shared::cluster.u32", sharedAddress, rank);
  }

  /// 2 or 4 floats of shared memory of any block of the cluster; the address is from [#inBlock],
  /// aligned to all of them.
  default List<F32> loadFloatsOfCluster(Address address, int count) {
    List<F32> targets = newF32s(count);
    emit("ld.shared::cluster.v" + count + ".f32", new Vector(targets), address);
    return targets;
  }

  /// Stores 2 or 4 floats to shared memory of any block of the cluster; the address is from
  /// [#inBlock], aligned to all of them.
  default void storeFloatsToCluster(Address address, List<F32> values) {
    emit("st.shared::cluster.v" + values.size() + ".f32", address, new Vector(values));
  }

  /// A float of shared memory of any block of the cluster; the address is from [#inBlock].
  default F32 loadFloatOfCluster(Address address) {
    return f32("ld.shared::cluster.f32", address);
  }

  /// Arrives at an mbarrier of any block of the cluster; the address is from [#inBlock].
  default void arriveInCluster(Address barrier) {
    emit("mbarrier.arrive.shared::cluster.b64", new Operand.Sink(), barrier);
  }

  /// A set of blocks of the cluster: bit r for the block of rank r.
  default B16 blocksOfCluster(int bits) {
    return b16("mov.b16", Operand.imm(bits));
  }

  /// Arrives at the barrier of the cluster; what this thread wrote is seen by those that wait.
  /// Whole warps.
  default void clusterArrive() {
    emit("barrier.cluster.arrive.release.aligned");
  }

  /// Arrives at the barrier of the cluster, without an order for what this thread wrote. Whole
  /// warps.
  default void clusterArriveRelaxed() {
    emit("barrier.cluster.arrive.relaxed.aligned");
  }

  /// Waits until all threads of the cluster that have not ended arrived. Whole warps.
  default void clusterWait() {
    emit("barrier.cluster.wait.acquire.aligned");
  }
}
