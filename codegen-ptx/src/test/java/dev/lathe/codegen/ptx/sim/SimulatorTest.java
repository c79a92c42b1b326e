package dev.lathe.codegen.ptx.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.asm.MemoryOps;
import dev.lathe.codegen.ptx.asm.SharedRegion;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.Operand;
import dev.lathe.codegen.ptx.isa.Pred;
import dev.lathe.codegen.ptx.isa.Target;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimulatorTest {
  private final GlobalMemory memory = new GlobalMemory();
  private final KernelBuilder k = new KernelBuilder("k", Target.SM_90A, 64);
  private final B64 out = k.pointer("out");
  private final B32 thread = k.threadIndex();

  private int[] run(int count) {
    return run(count, false);
  }

  private int[] run(int count, boolean reversed) {
    long address = memory.allocate(4 * count);
    new Simulator(memory, reversed).launch(k.build(), 1, 1, 1, List.of(address));
    int[] result = new int[count];
    ByteBuffer.wrap(memory.content(address))
        .order(ByteOrder.LITTLE_ENDIAN)
        .asIntBuffer()
        .get(result);
    return result;
  }

  private void storeResult(B32 value) {
    k.store(k.at(k.madWide(thread, 4, out)), value);
  }

  @Test
  void lanesLeaveALoopAtDifferentTimes() {
    B32 i = k.constant(0);
    k.loop(() -> {
      k.breakIf(k.ge(i, thread));
      k.addTo(i, 3);
    });
    storeResult(i);
    int[] result = run(64);
    assertThat(result[0]).isZero();
    assertThat(result[1]).isEqualTo(3);
    assertThat(result[63]).isEqualTo(63);
    assertThat(result[62]).isEqualTo(63);
  }

  @Test
  void bothSidesOfABranchRunForTheirLanes() {
    B32 value = k.newB32();
    k.ifElse(k.lt(thread, 10), () -> k.assign(value, 7), () -> k.assign(value, 9));
    storeResult(value);
    int[] result = run(64);
    assertThat(result[9]).isEqualTo(7);
    assertThat(result[10]).isEqualTo(9);
  }

  @Test
  void aReadOfSharedMemoryBeforeTheOtherWarpWroteItIsAnError() {
    SharedRegion region = k.shared("values", 256, 4);
    B32 base = k.addressOf(region);
    k.store(k.at(k.mad(thread, 4, base)), thread);
    storeResult(k.loadB32(k.at(k.mad(k.xor(thread, 32), 4, base))));
    assertThatThrownBy(() -> run(64)).hasMessageContaining("is read but was never written");
  }

  @Test
  void aBarrierBetweenThemMendsIt() {
    SharedRegion region = k.shared("values", 256, 4);
    B32 base = k.addressOf(region);
    k.store(k.at(k.mad(thread, 4, base)), thread);
    k.blockBarrier();
    storeResult(k.loadB32(k.at(k.mad(k.xor(thread, 32), 4, base))));
    assertThat(run(64)[1]).isEqualTo(33);
    assertThat(run(64, true)[40]).isEqualTo(8);
  }

  @Test
  void aShuffleInDivergentCodeIsAnError() {
    B32 value = k.copy(thread);
    k.ifThen(k.lt(thread, 10), () -> k.assign(value, k.shuffleXor(value, 1)));
    storeResult(value);
    assertThatThrownBy(() -> run(64)).hasMessageContaining("not all lanes arrive");
  }

  @Test
  void aBarrierThatSomeWarpsNeverReachIsADeadlock() {
    k.ifThen(k.lt(k.shr(thread, 5), 1), () -> k.barrier(1, 64));
    assertThatThrownBy(() -> run(64)).hasMessageContaining("all warps wait");
  }

  @Test
  void anAsynchronousCopyThatIsNotWaitedForIsNotThere() {
    SharedRegion region = k.shared("values", 1024, 16);
    B32 to = k.mad(thread, 16, k.addressOf(region));
    k.copyAsync(k.at(to), k.at(k.madWide(thread, 16, out)), 16);
    k.commitCopies();
    storeResult(k.loadB32(k.at(to)));
    assertThatThrownBy(() -> run(256)).hasMessageContaining("never written");
  }

  @Test
  void anAccessOutsideOfAnAllocationIsAnErrorThatNamesTheInstruction() {
    storeResult(thread);
    assertThatThrownBy(() -> run(63))
        .hasMessageContaining("byte 252 of a global allocation of 252 in: st.global.b32");
  }

  @Test
  void aVectorAccessThatIsNotAlignedIsAnError() {
    k.loadWords(k.at(out, 4), 4);
    assertThatThrownBy(() -> run(64)).hasMessageContaining("is not aligned to 16 bytes");
  }

  @Test
  void warpsHandOverThroughAnMbarrier() {
    SharedRegion barrier = k.shared("barrier", 8, 8);
    SharedRegion data = k.shared("data", 256, 16);
    Pred first = k.eq(thread, 0);
    k.ifThen(first, () -> k.initBarrier(barrier.at(0), 1));
    k.blockBarrier();
    k.ifThen(
        first,
        () -> {
          k.arriveExpecting(barrier.at(0), 256);
          k.copyBulk(data.at(0), k.at(out), Operand.imm(256), barrier.at(0));
        });
    k.awaitPhase(barrier.at(0), k.constant(0));
    B32 value = k.loadB32(k.at(k.mad(thread, 4, k.addressOf(data))));
    storeResult(k.add(value, 1));
    assertThat(run(64)).containsOnly(0xFBFBFBFC);
  }

  @Test
  void atomicsAddUpOverAllThreads() {
    SharedRegion counter = k.shared("counter", 8, 8);
    k.ifThen(k.eq(thread, 0), () -> k.store(counter.at(0), k.constant64(0)));
    k.blockBarrier();
    k.reduceAdd(counter.at(0), k.widen(thread));
    k.blockBarrier();
    storeResult(k.low(k.loadB64(counter.at(0))));
    assertThat(run(64)).containsOnly(63 * 64 / 2);
  }

  @Test
  void aReusedBufferWithoutABarrierIsARaceWhateverTheOrderOfWarps() {
    SharedRegion region = k.shared("values", 256, 4);
    B32 base = k.addressOf(region);
    k.store(k.at(k.mad(thread, 4, base)), thread);
    k.blockBarrier();
    k.loadB32(k.at(k.mad(k.xor(thread, 32), 4, base)));
    k.store(k.at(k.mad(thread, 4, base)), thread);
    assertThatThrownBy(() -> run(64, false)).hasMessageContaining("with no barrier between");
    assertThatThrownBy(() -> run(64, true)).hasMessageContaining("with no barrier between");
  }

  @Test
  void lanesOfOneWarpNeedAWarpBarrierToSeeEachOthersWrites() {
    SharedRegion region = k.shared("values", 256, 4);
    B32 base = k.addressOf(region);
    k.store(k.at(k.mad(thread, 4, base)), thread);
    k.loadB32(k.at(k.mad(k.xor(thread, 1), 4, base)));
    assertThatThrownBy(() -> run(64)).hasMessageContaining("warp 0 lane 1, with no barrier");
  }

  @Test
  void aWarpBarrierPutsTheirAccessesInOrder() {
    SharedRegion region = k.shared("values", 256, 4);
    B32 base = k.addressOf(region);
    k.store(k.at(k.mad(thread, 4, base)), thread);
    k.warpBarrier();
    storeResult(k.loadB32(k.at(k.mad(k.xor(thread, 1), 4, base))));
    assertThat(run(64)[4]).isEqualTo(5);
  }

  @Test
  void aNamedBarrierPutsOnlyItsMembersInOrder() {
    SharedRegion region = k.shared("values", 4, 4);
    Pred first = k.lt(thread, 32);
    k.ifThen(k.eq(thread, 0), () -> k.store(region.at(0), thread));
    k.ifElse(first, () -> k.barrierArrive(1, 64), () -> k.barrier(1, 64));
    k.ifNot(first, () -> storeResult(k.loadB32(region.at(0))));
    assertThat(run(64)[40]).isZero();
  }

  @Test
  void aByteThatOneBlockWritesAndAnotherReadsIsARace() {
    B32 next = k.xor(k.blockX(), 1);
    k.loadB32(k.at(k.madWide(next, 4, out)));
    k.ifThen(k.eq(thread, 0), () -> k.store(k.at(k.madWide(k.blockX(), 4, out)), thread));
    long address = memory.allocate(8);
    assertThatThrownBy(() -> new Simulator(memory).launch(k.build(), 2, 1, 1, List.of(address)))
        .hasMessageContaining("is read and written by different blocks");
  }

  @Test
  void dataThatIsReadAsConstantMayNotBeWritten() {
    k.loadWords(k.at(k.madWide(thread, 4, out)), 1, MemoryOps.Cache.READ_ONLY);
    storeResult(thread);
    assertThatThrownBy(() -> run(64)).hasMessageContaining("was read as a constant");
  }
}
