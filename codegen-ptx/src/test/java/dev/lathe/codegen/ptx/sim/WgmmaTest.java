package dev.lathe.codegen.ptx.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.asm.MatrixOps.HalfType;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Operand;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.codegen.tile.MatrixDescriptor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Products of a tile of ones: 64 rows, 8 columns, 16 elements of k.
class WgmmaTest {
  private final GlobalMemory memory = new GlobalMemory();
  private final KernelBuilder k = new KernelBuilder("k", Target.SM_90A, 128);
  private final B64 out = k.pointer("out");
  private final B32 tile = k.addressOf(k.shared("tile", 64 * 128, 1024));
  private final List<F32> sums =
      List.of(k.constant(0f), k.constant(0f), k.constant(0f), k.constant(0f));

  /// Halves of 1 everywhere: each thread writes 64 bytes.
  private void fill() {
    B32 ones = k.constant(0x3C003C00);
    B32 address = k.mad(k.threadIndex(), 64, tile);
    for (int i = 0; i < 64; i += 4) {
      k.store(k.at(address, i), ones);
    }
  }

  private void multiply() {
    B64 descriptor = MatrixDescriptor.of(k, MatrixDescriptor.low(k, tile));
    k.wgmmaFence();
    k.wgmma(HalfType.F16, sums, descriptor, descriptor, Operand.imm(0));
    k.wgmma(HalfType.F16, sums, descriptor, descriptor, Operand.imm(1));
    k.wgmmaCommit();
  }

  private void storeSum() {
    k.store(k.at(k.madWide(k.threadIndex(), 4, out)), sums.get(3));
  }

  private float run() {
    long address = memory.allocate(4 * 128);
    new Simulator(memory).launch(k.build(), 1, 1, 1, List.of(address));
    return ByteBuffer.wrap(memory.content(address)).order(ByteOrder.LITTLE_ENDIAN).getFloat(4 * 77);
  }

  private void fillInOrder() {
    fill();
    k.fenceAsyncShared();
    k.blockBarrier();
  }

  @Test
  void productsOfOneGroupAddUp() {
    fillInOrder();
    multiply();
    k.wgmmaWait(0);
    storeSum();
    assertThat(run()).isEqualTo(32f);
  }

  @Test
  void sumsAreNotThereBeforeTheyAreWaitedFor() {
    fillInOrder();
    multiply();
    storeSum();
    k.wgmmaWait(0);
    assertThat(run()).isNaN();
  }

  @Test
  void factorsMustStayUntilTheProductIsWaitedFor() {
    fillInOrder();
    multiply();
    k.when(k.eq(k.threadIndex(), 127), () -> k.store(k.at(tile), k.constant(0)));
    k.fenceAsyncShared();
    k.wgmmaWait(0);
    assertThatThrownBy(this::run).hasMessageContaining("with no barrier between");
  }

  @Test
  void writesOfThreadsWantAFenceBeforeAProductReadsThem() {
    fill();
    k.blockBarrier();
    multiply();
    k.wgmmaWait(0);
    assertThatThrownBy(this::run).hasMessageContaining("no fence.proxy.async");
  }

  @Test
  void aProductThatNobodyWaitsForIsAMistake() {
    fillInOrder();
    multiply();
    assertThatThrownBy(this::run).hasMessageContaining("products under way");
  }
}
