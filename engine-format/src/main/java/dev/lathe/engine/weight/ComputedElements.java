package dev.lathe.engine.weight;

import dev.lathe.engine.type.DType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/// Elements that are computed, a [FloatBlock] at a time.
final class ComputedElements {
  private ComputedElements() {}

  /// Makes or changes the values of elements `first`, ... in a block.
  private interface Maker {
    void make(long first, float[] values, int count);
  }

  /// Elements of another float type, rounded.
  static Elements cast(Elements source, DType from, DType to) {
    FloatBlock block = new FloatBlock();
    MemorySegment scratch = MemorySegment.ofArray(new byte[FloatBlock.ELEMENTS * from.bytes()]);
    return (first, target) ->
        forBlocks(
            first,
            target,
            to,
            (at, part, count) -> {
              MemorySegment bytes = scratch.asSlice(0, (long) count * from.bytes());
              source.read(at, bytes);
              block.load(from, bytes, count, to);
              block.store(to, part, count);
            });
  }

  /// Each element times `factor`, in float32.
  static Elements scale(Elements source, DType dtype, float factor) {
    return mapped(
        source,
        dtype,
        (_, values, count) -> {
          for (int i = 0; i < count; i++) {
            values[i] *= factor;
          }
        });
  }

  /// Each element plus `addend`, in float32.
  static Elements shift(Elements source, DType dtype, float addend) {
    return mapped(
        source,
        dtype,
        (_, values, count) -> {
          for (int i = 0; i < count; i++) {
            values[i] += addend;
          }
        });
  }

  private static Elements mapped(Elements source, DType dtype, Maker change) {
    FloatBlock block = new FloatBlock();
    return (first, target) ->
        forBlocks(
            first,
            target,
            dtype,
            (at, part, count) -> {
              source.read(at, part);
              block.load(dtype, part, count, dtype);
              change.make(at, block.values, count);
              block.store(dtype, part, count);
            });
  }

  /// One value, rounded once.
  static Elements fill(DType dtype, double value) {
    MemorySegment pattern = MemorySegment.ofArray(new byte[FloatBlock.ELEMENTS * dtype.bytes()]);
    byte[] one = new byte[Double.BYTES];
    ByteBuffer.wrap(one).order(ByteOrder.LITTLE_ENDIAN).putDouble(value);
    MemorySegment element = MemorySegment.ofArray(new byte[dtype.bytes()]);
    if (dtype == DType.F64) {
      element.copyFrom(MemorySegment.ofArray(one));
    } else {
      cast(new MovedElements.Stored(MemorySegment.ofArray(one), Double.BYTES), DType.F64, dtype)
          .read(0, element);
    }
    for (long at = 0; at < pattern.byteSize(); at += element.byteSize()) {
      MemorySegment.copy(element, 0, pattern, at, element.byteSize());
    }
    return (first, target) ->
        forBlocks(
            first,
            target,
            dtype,
            (at, part, count) -> part.copyFrom(pattern.asSlice(0, part.byteSize())));
  }

  /// Given values, rounded once.
  static Elements numbers(List<Double> numbers) {
    return made(
        DType.F32,
        (first, values, count) -> {
          for (int i = 0; i < count; i++) {
            values[i] = numbers.get((int) first + i).floatValue();
          }
        });
  }

  static Elements random(WeightExpr.Random random) {
    NormalNumbers numbers =
        new NormalNumbers(random.seed(), random.mean(), random.standardDeviation());
    return made(random.dtype(), numbers::fill);
  }

  /// Cosines, then sines, of each position.
  static Elements rotary(WeightExpr.RotaryTable table) {
    List<Double> frequencies = table.inverseFrequencies();
    int half = frequencies.size();
    return made(
        DType.F32,
        (first, values, count) -> {
          for (int i = 0; i < count; i++) {
            int column = (int) ((first + i) % (2L * half));
            long position = (first + i) / (2L * half);
            double angle = position * frequencies.get(column % half);
            double value = column < half ? StrictMath.cos(angle) : StrictMath.sin(angle);
            values[i] = (float) (value * table.magnitude());
          }
        });
  }

  private static Elements made(DType dtype, Maker maker) {
    FloatBlock block = new FloatBlock();
    return (first, target) ->
        forBlocks(
            first,
            target,
            dtype,
            (at, part, count) -> {
              maker.make(at, block.values, count);
              block.store(dtype, part, count);
            });
  }

  private interface BlockTask {
    void run(long first, MemorySegment part, int count);
  }

  private static void forBlocks(long first, MemorySegment target, DType dtype, BlockTask task) {
    long count = target.byteSize() / dtype.bytes();
    for (long at = 0; at < count; at += FloatBlock.ELEMENTS) {
      int block = (int) Math.min(FloatBlock.ELEMENTS, count - at);
      task.run(first + at, target.asSlice(at * dtype.bytes(), (long) block * dtype.bytes()), block);
    }
  }
}
