package dev.lathe.codegen.ptx.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.asm.SharedRegion;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.Target;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class TensorCopyTest {
  private static final int ROWS = 10;
  private static final int COLUMNS = 80;

  private final GlobalMemory memory = new GlobalMemory();

  /// Rows of 80 elements, of which a box takes 8 x 64; element (r, c) is 100 r + c.
  private long matrix() {
    ByteBuffer bytes = ByteBuffer.allocate(ROWS * COLUMNS * 2).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < ROWS * COLUMNS; i++) {
      bytes.putShort((short) (i / COLUMNS * 100 + i % COLUMNS));
    }
    return memory.allocate(bytes.array());
  }

  private TensorMap map(long address, int swizzleBytes) {
    return new TensorMap(
        address,
        2,
        List.of((long) COLUMNS, (long) ROWS),
        List.of(COLUMNS * 2L),
        List.of(64, 8),
        swizzleBytes);
  }

  /// Copies the box at (column 32, row 4) to shared memory, and 1024 bytes from there to `out`.
  private static Kernel copier() {
    KernelBuilder k = new KernelBuilder("copy", Target.SM_90A, 32);
    B64 source = k.tensorMap("source");
    B64 out = k.pointer("out");
    SharedRegion tile = k.shared("tile", 1024, 1024);
    SharedRegion barrier = k.shared("barrier", 8, 8);
    B32 tileAddress = k.addressOf(tile);
    B32 barrierAddress = k.addressOf(barrier);
    k.when(
        k.eq(k.threadIndex(), 0),
        () -> {
          k.initBarrier(k.at(barrierAddress), 1);
          k.fenceBarrierInit();
        });
    k.blockBarrier();
    k.ifThen(
        k.eq(k.threadIndex(), 0),
        () -> {
          k.arriveExpecting(k.at(barrierAddress), 1024);
          List<B32> place = List.of(k.constant(32), k.constant(4));
          k.copyTensor(k.at(tileAddress), source, place, k.at(barrierAddress));
        });
    k.loop(() -> k.breakIf(k.tryWait(k.at(barrierAddress), k.constant(0))));
    B32 offset = k.shl(k.threadIndex(), 5);
    for (int i = 0; i < 32; i += 16) {
      List<B32> words = k.loadWords(k.at(k.add(tileAddress, offset), i), 4);
      k.storeWords(k.at(k.add(out, k.widen(offset)), i), words);
    }
    return k.build();
  }

  private ShortBuffer copied(int swizzleBytes) {
    long out = memory.allocate(1024);
    long source = memory.tensorMap(map(matrix(), swizzleBytes));
    new Simulator(memory).launch(copier(), 1, 1, 1, List.of(source, out));
    return ByteBuffer.wrap(memory.content(out)).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
  }

  @Test
  void aBoxLiesRowByRowWithZerosOutsideOfTheBounds() {
    ShortBuffer box = copied(0);
    assertThat(box.get(0)).isEqualTo((short) 432);
    assertThat(box.get(64 + 47)).isEqualTo((short) 579);
    assertThat(box.get(64 + 48)).isZero();
    assertThat(box.get(5 * 64)).isEqualTo((short) 932);
    assertThat(box.get(6 * 64)).isZero();
  }

  @Test
  void theSwizzlePermutesChunksOf16BytesByTheRow() {
    ShortBuffer box = copied(128);
    assertThat(box.get(0)).isEqualTo((short) 432);
    assertThat(box.get(3 * 64 + (5 ^ 3) * 8 + 1)).isEqualTo((short) (700 + 32 + 41));
  }

  @Test
  void aMapWithoutItsGenericAddressIsRefused() {
    assertThatThrownBy(() -> memory.tensorMap(0x30L)).hasMessageContaining("no tensor map");
  }

  @Test
  void theKernelDeclaresTheMapAsAnAlignedParameter() {
    assertThat(copier().ptx())
        .contains(".param .align 64 .b8 source[128]")
        .contains("mov.b64 %d0, source;\n  cvta.param.u64 %d1, %d0;");
  }
}
