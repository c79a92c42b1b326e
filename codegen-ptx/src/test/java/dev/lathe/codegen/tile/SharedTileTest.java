package dev.lathe.codegen.tile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.asm.MatrixOps.HalfType;
import dev.lathe.codegen.ptx.asm.SharedRegion;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.codegen.ptx.sim.GlobalMemory;
import dev.lathe.codegen.ptx.sim.Simulator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// One warp multiplies a 16 x 32 by a 32 x 16 matrix, through every way to load the factors.
class SharedTileTest {
  private static final int K = 32;

  @ParameterizedTest
  @CsvSource({
    "BF16, true, NONE, 16",
    "F16, true, NONE, 8",
    "F16, false, NONE, 4",
    "BF16, false, B128, 2",
    "BF16, true, B64, 16"
  })
  void theProductOfTwoTilesIsTheProductOfTheMatrices(
      HalfType type, boolean transposed, Swizzle swizzle, int pieceBytes) {
    KernelBuilder k = new KernelBuilder("product", Target.SM_80, 32);
    B64 a = k.pointer("a");
    B64 b = k.pointer("b");
    B64 out = k.pointer("out");
    SharedTile tileA = tile(k, a, 15, 16, K, pieceBytes, swizzle);
    SharedTile tileB =
        tile(k, b, 99, transposed ? K : 16, transposed ? 16 : K, pieceBytes, swizzle);
    k.commitCopies();
    k.waitCopies(0);
    k.blockBarrier();
    List<F32> left = k.newF32s(4);
    List<F32> right = k.newF32s(4);
    left.forEach(f -> k.assign(f, 0f));
    right.forEach(f -> k.assign(f, 0f));
    for (int i = 0; i < K; i += 16) {
      List<B32> fa = tileA.loadA(k, 0, i);
      List<B32> fb = transposed ? tileB.loadBFromColumns(k, i, 0) : tileB.loadBFromRows(k, 0, i);
      k.mma(type, left, fa, fb.subList(0, 2));
      k.mma(type, right, fa, fb.subList(2, 4));
    }
    B64 mine = k.madWide(k.threadIndex(), 32, out);
    k.storeFloats(k.at(mine), left);
    k.storeFloats(k.at(mine, 16), right);

    Random random = new Random(7);
    short[] elementsA = halves(random, 16 * K, type);
    short[] elementsB = halves(random, 16 * K, type);
    GlobalMemory memory = new GlobalMemory();
    long result = memory.allocate(32 * 32);
    List<Long> arguments =
        List.of(memory.allocate(bytes(elementsA)), memory.allocate(bytes(elementsB)), result);
    new Simulator(memory).launch(k.build(), 1, 1, 1, arguments);
    ByteBuffer bytes = ByteBuffer.wrap(memory.content(result)).order(ByteOrder.LITTLE_ENDIAN);
    for (int lane = 0; lane < 32; lane++) {
      for (int i = 0; i < 8; i++) {
        int row = MmaFragment.C.row(lane, i % 4);
        int column = MmaFragment.C.column(lane, i % 4) + 8 * (i / 4);
        float sum = 0;
        for (int j = 0; j < K; j++) {
          int at = transposed ? j * 16 + column : column * K + j;
          float x = row == 15 ? 0 : value(elementsA[row * K + j], type);
          sum += x * value(elementsB[at], type);
        }
        assertThat(bytes.getFloat(32 * lane + 4 * i)).isCloseTo(sum, within(sum));
      }
    }
  }

  private static Offset<Float> within(float value) {
    return Offset.offset(1e-5f * (1 + Math.abs(value)));
  }

  private static SharedTile tile(
      KernelBuilder k, B64 from, int valid, int rows, int columns, int piece, Swizzle swizzle) {
    int pitch = swizzle == Swizzle.NONE ? SharedTile.paddedPitch(columns) : 2 * columns;
    SharedRegion region = k.shared("tile" + columns, rows * pitch, 1024);
    SharedTile tile = new SharedTile(k.addressOf(region), pitch, swizzle);
    new TileCopy(rows, 2 * columns, piece, pitch, swizzle)
        .emit(k, k.threadIndex(), 32, tile.base(), from, 2 * columns, k.constant(valid));
    return tile;
  }

  private static short[] halves(Random random, int count, HalfType type) {
    short[] result = new short[count];
    for (int i = 0; i < count; i++) {
      float value = random.nextFloat() - 0.5f;
      result[i] =
          type == HalfType.F16
              ? Float.floatToFloat16(value)
              : (short) (Float.floatToIntBits(value) >> 16);
    }
    return result;
  }

  private static float value(short bits, HalfType type) {
    return type == HalfType.F16 ? Float.float16ToFloat(bits) : Float.intBitsToFloat(bits << 16);
  }

  private static byte[] bytes(short[] elements) {
    ByteBuffer buffer = ByteBuffer.allocate(2 * elements.length).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asShortBuffer().put(elements);
    return buffer.array();
  }
}
