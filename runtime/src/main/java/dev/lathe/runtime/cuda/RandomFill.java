package dev.lathe.runtime.cuda;

import dev.lathe.engine.type.DType;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/// Fills memory of the GPU with random numbers from -1 to 1: zeros would draw less power, and so be
/// computed at higher clocks. The same numbers come again after some megabytes.
final class RandomFill implements Handle {
  private static final long BYTES = 16 << 20;
  private static final long SEED = 20_011;

  private final CudaStream stream;
  private final PinnedBuffer numbers;
  private DType dtype = DType.BOOL;

  RandomFill(CudaContext context, CudaStream stream) {
    this.stream = stream;
    this.numbers = context.allocatePinned(BYTES, "random numbers");
  }

  /// Fills a buffer with numbers of a type.
  void fill(DeviceBuffer buffer, DType type) {
    if (type != dtype) {
      stream.synchronize();
      draw(type);
      dtype = type;
    }
    for (long at = 0; at < buffer.bytes(); at += BYTES) {
      long bytes = Math.min(BYTES, buffer.bytes() - at);
      stream.copyToDevice(buffer.address() + at, numbers, 0, bytes);
    }
  }

  private void draw(DType type) {
    Random random = new Random(SEED);
    for (long at = 0; at < BYTES; at += Integer.BYTES) {
      numbers.segment().set(ValueLayout.JAVA_INT, at, word(type, random));
    }
  }

  /// Four bytes of elements.
  private static int word(DType type, Random random) {
    return switch (type) {
      case F32 -> Float.floatToRawIntBits(number(random));
      case BF16 -> pair(bf16(random), bf16(random));
      case F16 -> pair(Float.floatToFloat16(number(random)), Float.floatToFloat16(number(random)));
      // No infinity, no NaN: without its greatest exponent bit a number is less than 2.
      case F8_E4M3, F8_E5M2, F8_E4M3FNUZ, F8_E5M2FNUZ -> random.nextInt() & 0xBFBF_BFBF;
      // Scales from 1/2 to 1.
      case F8_E8M0 -> random.nextBoolean() ? 0x7F7E_7F7E : 0x7E7F_7E7F;
      case F64 -> 0x3FE0_0000;
      case BOOL -> random.nextInt() & 0x0101_0101;
      case F4, F6_E2M3, F6_E3M2, U8, I8, I16, U16, I32, U32, C64, I64, U64 -> random.nextInt();
    };
  }

  private static short bf16(Random random) {
    return (short) (Float.floatToRawIntBits(number(random)) >>> 16);
  }

  private static float number(Random random) {
    return 2 * random.nextFloat() - 1;
  }

  private static int pair(short low, short high) {
    return (low & 0xFFFF) | high << 16;
  }

  @Override
  public void close() {
    numbers.close();
  }
}
