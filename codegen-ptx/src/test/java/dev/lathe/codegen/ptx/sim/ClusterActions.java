package dev.lathe.codegen.ptx.sim;

import static dev.lathe.codegen.ptx.sim.Instructions.eachLane;

import dev.lathe.codegen.ptx.isa.Instr;
import dev.lathe.codegen.ptx.isa.Operand;
import dev.lathe.codegen.ptx.isa.Reg;
import dev.lathe.codegen.ptx.sim.Block.NamedBarrier;
import dev.lathe.codegen.ptx.sim.Instructions.Action;
import java.util.List;

/// What blocks of a cluster do together: its barrier, and addresses in one another's shared memory.
final class ClusterActions {
  private ClusterActions() {}

  static Action decode(Instr instr) {
    if (instr.opcode().stem().equals("mapa")) {
      return map(instr);
    }
    return instr.opcode().has("arrive") ? arrive(instr) : await(instr);
  }

  private static Action map(Instr instr) {
    List<Operand> operands = instr.operands();
    return (warp, mask) ->
        eachLane(
            mask,
            lane -> {
              long address = warp.get(operands.get(1), lane, 32);
              long rank = warp.get(operands.get(2), lane, 32);
              if (rank >= warp.block.cluster.blocks.size()) {
                throw new IllegalStateException("no block " + rank + " in the cluster");
              }
              warp.set((Reg) operands.getFirst(), lane, Cluster.address(address, rank));
            });
  }

  /// A relaxed arrival tells nothing of what the warp did before.
  private static Action arrive(Instr instr) {
    boolean relaxed = instr.opcode().has("relaxed");
    return (warp, mask) -> {
      requireConvergence(warp, mask);
      NamedBarrier barrier = warp.block.cluster.barrier;
      barrier.arrived += Integer.bitCount(mask);
      warp.clusterGeneration = barrier.generation;
      if (!relaxed) {
        warp.release(barrier.clock);
      }
    };
  }

  private static Action await(Instr instr) {
    return (warp, mask) -> {
      requireConvergence(warp, mask);
      Cluster cluster = warp.block.cluster;
      warp.block.await(
          warp,
          instr.text(),
          () -> {
            if (cluster.barrier.arrived == cluster.liveThreads()) {
              cluster.barrier.arrived = 0;
              cluster.barrier.generation++;
            }
            return cluster.barrier.generation != warp.clusterGeneration;
          });
      warp.clock.join(cluster.barrier.clock);
    };
  }

  private static void requireConvergence(Warp warp, int mask) {
    if (mask != ~warp.exited) {
      throw new IllegalStateException("not all lanes arrive, only " + Integer.toHexString(mask));
    }
  }
}
