package dev.lathe.runtime.cuda;

import dev.lathe.engine.type.DType;
import java.lang.foreign.ValueLayout;
import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;

/// Fills memory of the GPU with random numbers from -1 to 1: zeros would draw less power, and so be
/// computed at higher clocks. The same numbers come again after some megabytes.
final class RandomFill implements Handle {
  private static final long BYTES = 16 << 20;
  private static final long SEED = 20_011;

  private final HandleStack handles = new HandleStack();
  private final CudaContext context;
  private final CudaStream stream;
  private final Map<DType, PinnedBuffer> drawn = new EnumMap<>(DType.class);

  RandomFill(CudaContext context, CudaStream stream) {
    this.context = context;
    this.stream = stream;
  }

  /// Fills a buffer with numbers of a type.
  void fill(DeviceBuffer buffer, DType type) {
    PinnedBuffer numbers = drawn.computeIfAbsent(type, this::draw);
    for (long at = 0; at < buffer.bytes(); at += BYTES) {
      long bytes = Math.min(BYTES, buffer.bytes() - at);
      stream.copyToDevice(buffer.address() + at, numbers, 0, bytes);
    }
  }

  private PinnedBuffer draw(DType type) {
    PinnedBuffer numbers = handles.add(context.allocatePinned(BYTES, "random numbers"));
    SplittableRandom random = new SplittableRandom(SEED);
    for (long at = 0; at < BYTES; at += Integer.BYTES) {
      numbers.segment().set(ValueLayout.JAVA_INT, at, word(type, random));
    }
    return numbers;
  }

  /// Four bytes of elements.
  private static int word(DType type, SplittableRandom random) {
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

  private static short bf16(SplittableRandom random) {
    return (short) (Float.floatToRawIntBits(number(random)) >>> 16);
  }

  private static float number(SplittableRandom random) {
    return (float) random.nextDouble(-1, 1);
  }

  private static int pair(short low, short high) {
    return (low & 0xFFFF) | high << 16;
  }

  @Override
  public void close() {
    handles.close();
  }
}
