package dev.lathe.codegen.ptx.sim;

import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.sim.Block.NamedBarrier;
import java.util.ArrayList;
import java.util.List;

/// The blocks that run at the same time: one, or those of a cluster. Runs their warps in turn, each
/// until it waits for another.
final class Cluster {
  /// Bit of a shared address from which the rank of its block counts, plus one.
  private static final int RANK_BIT = 24;

  private final Kernel kernel;

  /// The blocks by rank.
  final List<Block> blocks = new ArrayList<>();

  /// The barrier of all threads of the cluster.
  final NamedBarrier barrier;

  /// How often each warp ordered its writes before asynchronous reads.
  final int[] asyncFences;

  Cluster(Kernel kernel) {
    this.kernel = kernel;
    int warps = kernel.limits().cluster() * kernel.threads() / Warp.LANES;
    this.barrier = new NamedBarrier(warps);
    this.asyncFences = new int[warps];
  }

  /// Runs the blocks to their end.
  ///
  /// @param reversed true to prefer the warp with the highest number
  void run(boolean reversed) {
    List<Block.Task> tasks = new ArrayList<>();
    blocks.forEach(block -> tasks.addAll(block.start()));
    List<Block.Task> order = reversed ? tasks.reversed() : tasks;
    while (tasks.stream().anyMatch(task -> !task.done())) {
      order.stream()
          .filter(Block.Task::canProceed)
          .findFirst()
          .orElseThrow(() -> new IllegalStateException(deadlock(tasks)))
          .proceed();
    }
  }

  private String deadlock(List<Block.Task> tasks) {
    List<String> waits = tasks.stream().filter(t -> !t.done()).map(Block.Task::waitsFor).toList();
    return kernel.name() + ": all warps wait: " + waits;
  }

  /// Threads of the cluster that have not ended.
  int liveThreads() {
    return blocks.stream().mapToInt(Block::liveThreads).sum();
  }

  /// The address of the same place in the block of the given rank.
  static long address(long address, long rank) {
    return address | (rank + 1) << RANK_BIT;
  }

  /// The block that an address belongs to: `own` unless [#address] made it.
  Block block(long address, Block own) {
    long rank = (address >>> RANK_BIT) - 1;
    if (rank >= blocks.size()) {
      throw new IllegalStateException("no block " + rank + " in a cluster of " + blocks.size());
    }
    Block block = rank < 0 ? own : blocks.get((int) rank);
    if (block.liveThreads() == 0) {
      throw new IllegalStateException("block " + rank + " of the cluster has ended");
    }
    return block;
  }

  /// The address in its own block.
  static long local(long address) {
    return address & ((1L << RANK_BIT) - 1);
  }
}
