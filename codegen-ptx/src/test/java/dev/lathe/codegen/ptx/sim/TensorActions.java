package dev.lathe.codegen.ptx.sim;

import static dev.lathe.codegen.ptx.sim.Instructions.eachLane;
import static dev.lathe.codegen.ptx.sim.MemoryActions.aligned;
import static dev.lathe.codegen.ptx.sim.MemoryActions.read;
import static dev.lathe.codegen.ptx.sim.MemoryActions.write;

import dev.lathe.codegen.ptx.isa.Instr;
import dev.lathe.codegen.ptx.isa.Operand;
import dev.lathe.codegen.ptx.isa.Operand.TensorAddress;
import dev.lathe.codegen.ptx.sim.Instructions.Action;
import java.util.ArrayList;
import java.util.List;

/// Copies of the tensor memory accelerator: loads land at once and report, in each block that they
/// name; stores land when their group is waited for.
final class TensorActions {
  /// What lies together whatever the swizzle.
  private static final int CHUNK_BYTES = 16;

  private static final int WORD_BYTES = 8;

  private TensorActions() {}

  static Action decode(Instr instr) {
    boolean store = instr.opcode().has("bulk_group");
    return (warp, mask) ->
        eachLane(
            mask,
            lane -> {
              if (store) {
                store(instr, warp, lane);
              } else {
                load(instr, warp, lane);
              }
            });
  }

  private static void load(Instr instr, Warp warp, int lane) {
    List<Operand> operands = instr.operands();
    TensorAddress source = (TensorAddress) operands.get(1);
    TensorMap map = warp.block.global.tensorMap(warp.get(source.map(), lane, 64));
    long base = aligned(warp.get(operands.get(0), lane, 64), map.sharedAlignment());
    List<Integer> coordinates = coordinates(source, map, warp, lane);
    long barrier = warp.get(operands.get(2), lane, 64);
    if (!instr.opcode().has("multicast::cluster")) {
      load(map, coordinates, warp.block, base, barrier, warp, lane);
      return;
    }
    long blocks = warp.get(operands.get(3), lane, 16);
    for (int rank = 0; rank < Short.SIZE; rank++) {
      if ((blocks >> rank & 1) != 0) {
        long there = Cluster.address(barrier, rank);
        Block block = warp.block.cluster.block(there, warp.block);
        load(map, coordinates, block, base, there, warp, lane);
      }
    }
  }

  private static void load(
      TensorMap map,
      List<Integer> coordinates,
      Block block,
      long base,
      long barrierAddress,
      Warp warp,
      int lane) {
    int chunk = CHUNK_BYTES / map.elementBytes();
    for (int i = 0; i < map.elements(); i += chunk) {
      long first = map.global(coordinates, i);
      boolean whole = (map.global(coordinates, i + chunk - 1) < 0) == (first < 0);
      int bytes = whole ? WORD_BYTES : map.elementBytes();
      for (int offset = 0; offset < CHUNK_BYTES; offset += bytes) {
        int element = i + offset / map.elementBytes();
        long from = map.global(coordinates, element);
        long value = from < 0 ? 0 : read(warp, lane, false, from, bytes);
        block.shared.writeAsync(map.shared(base, element), bytes, value, warp, lane);
      }
    }
    PhaseBarrier barrier = AsyncActions.barrier(warp, barrierAddress);
    warp.release(barrier.clock);
    barrier.expect(-map.bytes());
  }

  private static void store(Instr instr, Warp warp, int lane) {
    TensorAddress target = (TensorAddress) instr.operands().get(0);
    TensorMap map = warp.block.global.tensorMap(warp.get(target.map(), lane, 64));
    long base = aligned(warp.get(instr.operands().get(1), lane, 64), map.sharedAlignment());
    List<Integer> coordinates = coordinates(target, map, warp, lane);
    warp.block.shared.checkAsync(base, map.bytes(), warp);
    warp.bulkStores
        .getLast()
        .add(() -> {
          for (int i = 0; i < map.elements(); i++) {
            long to = map.global(coordinates, i);
            if (to >= 0) {
              long value = read(warp, lane, true, map.shared(base, i), map.elementBytes());
              write(warp, lane, false, to, map.elementBytes(), value);
            }
          }
        });
  }

  private static List<Integer> coordinates(
      TensorAddress address, TensorMap map, Warp warp, int lane) {
    if (address.coordinates().size() != map.box().size()) {
      throw new IllegalStateException(address + " for a map of " + map.box().size() + " dims");
    }
    List<Integer> values = new ArrayList<>();
    address.coordinates().forEach(c -> values.add((int) warp.get(c, lane, 32)));
    return values;
  }
}
