package dev.lathe.codegen.ptx.sim;

import static dev.lathe.codegen.ptx.sim.Instructions.eachLane;
import static dev.lathe.codegen.ptx.sim.MemoryActions.aligned;
import static dev.lathe.codegen.ptx.sim.MemoryActions.read;
import static dev.lathe.codegen.ptx.sim.MemoryActions.write;

import dev.lathe.codegen.ptx.isa.Instr;
import dev.lathe.codegen.ptx.isa.Opcode;
import dev.lathe.codegen.ptx.isa.Operand;
import dev.lathe.codegen.ptx.isa.Operand.IntImmediate;
import dev.lathe.codegen.ptx.isa.Reg;
import dev.lathe.codegen.ptx.sim.Instructions.Action;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Asynchronous copies and mbarriers.
final class AsyncActions {
  private AsyncActions() {}

  static Action decode(Instr instr) {
    return instr.opcode().stem().equals("cp") ? copy(instr) : phaseBarrier(instr);
  }

  /// `cp.async`, and bulk copies to global memory, land when their group is waited for; bulk copies
  /// to shared memory land at once and report.
  private static Action copy(Instr instr) {
    Opcode opcode = instr.opcode();
    if (opcode.has("bulk")) {
      return bulkCopy(instr);
    }
    if (opcode.has("commit_group")) {
      return (warp, mask) -> warp.copies.add(new ArrayList<>());
    }
    if (opcode.has("wait_group")) {
      int pending = (int) ((IntImmediate) instr.operands().getFirst()).value();
      return (warp, mask) -> land(warp.copies, pending + 1);
    }
    if (opcode.has("wait_all")) {
      return (warp, mask) -> {
        warp.copies.add(new ArrayList<>());
        land(warp.copies, 1);
      };
    }
    return (warp, mask) -> eachLane(mask, lane -> beginCopy(instr, warp, lane));
  }

  private static void land(Deque<List<Runnable>> groups, int remaining) {
    while (groups.size() > remaining) {
      groups.removeFirst().forEach(Runnable::run);
    }
  }

  private static void beginCopy(Instr instr, Warp warp, int lane) {
    List<Operand> operands = instr.operands();
    int bytes = (int) ((IntImmediate) operands.get(2)).value();
    long to = aligned(warp.get(operands.get(0), lane, 64), bytes);
    long from = aligned(warp.get(operands.get(1), lane, 64), bytes);
    boolean partial = operands.size() > (instr.opcode().has("L2::cache_hint") ? 4 : 3);
    long valid = partial ? warp.get(operands.get(3), lane, 32) : bytes;
    warp.block.shared.invalidate(to, bytes, warp);
    warp.block.earlyStart.check(warp, from, valid);
    warp.copies
        .getLast()
        .add(() -> {
          for (int i = 0; i < bytes; i++) {
            long value = i < valid ? read(warp, lane, false, from + i, 1) : 0;
            write(warp, lane, true, to + i, 1, value);
          }
        });
  }

  private static Action bulkCopy(Instr instr) {
    Opcode opcode = instr.opcode();
    if (opcode.has("commit_group")) {
      return (warp, mask) -> warp.bulkStores.add(new ArrayList<>());
    }
    if (opcode.has("wait_group")) {
      int pending = (int) ((IntImmediate) instr.operands().getFirst()).value();
      return (warp, mask) -> land(warp.bulkStores, pending + 1);
    }
    if (opcode.has("prefetch")) {
      return (warp, mask) -> {};
    }
    if (opcode.has("tensor")) {
      return TensorActions.decode(instr);
    }
    if (opcode.has("multicast::cluster")) {
      throw new IllegalStateException("the simulator has no " + opcode.mnemonic());
    }
    boolean toGlobal = opcode.has("bulk_group");
    List<Operand> operands = instr.operands();
    return (warp, mask) ->
        eachLane(
            mask,
            lane -> {
              long to = aligned(warp.get(operands.get(0), lane, 64), 16);
              long from = aligned(warp.get(operands.get(1), lane, 64), 16);
              long bytes = aligned(warp.get(operands.get(2), lane, 32), 16);
              if (toGlobal) {
                warp.block.shared.checkAsync(from, (int) bytes, warp);
                warp.bulkStores.getLast().add(() -> move(warp, lane, true, from, to, bytes));
              } else {
                move(warp, lane, false, from, to, bytes);
                PhaseBarrier barrier = barrier(warp, warp.get(operands.get(3), lane, 64));
                warp.release(barrier.clock);
                barrier.expect(-bytes);
              }
            });
  }

  private static void move(Warp warp, int lane, boolean toGlobal, long from, long to, long bytes) {
    for (long i = 0; i < bytes; i++) {
      long value = read(warp, lane, toGlobal, from + i, 1);
      if (toGlobal) {
        write(warp, lane, false, to + i, 1, value);
      } else {
        warp.block.shared.writeAsync(to + i, 1, value, warp, lane);
      }
    }
  }

  static PhaseBarrier barrier(Warp warp, long address) {
    Block owner = warp.block.cluster.block(address, warp.block);
    PhaseBarrier barrier = owner.phaseBarriers.get(aligned(Cluster.local(address), 8));
    if (barrier == null) {
      throw new IllegalStateException("no mbarrier was made here");
    }
    return barrier;
  }

  private static Action phaseBarrier(Instr instr) {
    Opcode opcode = instr.opcode();
    List<Operand> operands = instr.operands();
    if (opcode.has("init")) {
      return (warp, mask) ->
          eachLane(
              mask,
              lane ->
                  warp.block.phaseBarriers.put(
                      aligned(warp.get(operands.get(0), lane, 64), 8),
                      new PhaseBarrier(
                          (int) warp.get(operands.get(1), lane, 32), warp.block.clockWarps())));
    }
    if (opcode.has("inval")) {
      return (warp, mask) -> {};
    }
    if (opcode.has("parity")) {
      return (warp, mask) -> tryWait(instr, warp, mask);
    }
    boolean expects = operands.size() > 2;
    return (warp, mask) ->
        eachLane(
            mask,
            lane -> {
              PhaseBarrier barrier = barrier(warp, warp.get(operands.get(1), lane, 64));
              warp.release(barrier.clock);
              barrier.arrive(expects ? warp.get(operands.get(2), lane, 32) : 0);
            });
  }

  private static void tryWait(Instr instr, Warp warp, int mask) {
    int lane = Integer.numberOfTrailingZeros(mask);
    PhaseBarrier barrier = barrier(warp, warp.get(instr.operands().get(1), lane, 64));
    int parity = (int) warp.get(instr.operands().get(2), lane, 32) & 1;
    if (instr.opcode().has("try_wait") && !barrier.isComplete(parity)) {
      warp.block.await(warp, instr.text(), () -> barrier.isComplete(parity));
    }
    long complete = barrier.isComplete(parity) ? 1 : 0;
    if (complete != 0) {
      warp.clock.join(barrier.clock);
    }
    eachLane(mask, l -> warp.set((Reg) instr.operands().getFirst(), l, complete));
  }
}
