package dev.lathe.frontend.random;

import dev.lathe.frontend.random.TensorSpec.Place;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.zip.CRC32;

/// Values of generated tensors: bfloat16, normal with a deviation of 0.02 times a power of two that
/// the tensor's place in the model decides.
///
/// Each 16 bits of a hash choose one of 65,536 quantiles out of a table, so that a value costs a
/// quarter of a hash and one load. The largest value is 4.3 deviations from 0. The hash is the
/// finaliser of SplitMix64 over a counter (Steele, Lea, Flood 2014).
final class GeneratedValues {
  private static final double DEVIATION = 0.02;
  private static final int QUANTILES = 1 << 16;
  private static final int VALUES_PER_HASH = 4;
  private static final long GAMMA = 0x9E3779B97F4A7C15L;
  private static final short ONE = 0x3F80;
  private static final int MANTISSA_BITS = 7;

  private final long seed;
  private final Map<Integer, short[]> quantiles;

  GeneratedValues(long seed) {
    short[] standard = quantiles();
    this.seed = seed;
    this.quantiles =
        Arrays.stream(Place.values())
            .collect(
                Collectors.toMap(
                    Place::exponent, place -> scaled(standard, place.exponent()), (a, b) -> a));
  }

  /// Fills the buffer from its start with elements of a tensor.
  ///
  /// @param first index of the first element, a multiple of 4
  /// @param count elements; the buffer has room for the next multiple of 4
  void fill(TensorSpec tensor, long first, int count, ByteBuffer target) {
    ByteBuffer buffer = target.order(ByteOrder.LITTLE_ENDIAN);
    if (tensor.isGain()) {
      for (int i = 0; i < count; i++) {
        buffer.putShort(2 * i, ONE);
      }
      return;
    }
    short[] table = Objects.requireNonNull(quantiles.get(tensor.place().exponent()));
    long counter = start(tensor.name()) + first / VALUES_PER_HASH * GAMMA;
    for (int i = 0; i < count; i += VALUES_PER_HASH) {
      counter += GAMMA;
      buffer.putLong(2 * i, values(table, hash(counter)));
    }
  }

  private long start(String name) {
    var checksum = new CRC32();
    checksum.update(name.getBytes(StandardCharsets.UTF_8));
    return hash(hash(seed + GAMMA) + checksum.getValue());
  }

  private static long values(short[] table, long bits) {
    long first = table[(int) bits & 0xFFFF] & 0xFFFFL;
    long second = table[(int) (bits >>> 16) & 0xFFFF] & 0xFFFFL;
    long third = table[(int) (bits >>> 32) & 0xFFFF] & 0xFFFFL;
    long fourth = table[(int) (bits >>> 48)] & 0xFFFFL;
    return first | second << 16 | third << 32 | fourth << 48;
  }

  private static long hash(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /// The point below which each of the probabilities `(k + 0.5) / 65536` lies, found by summing the
  /// density in small steps. The upper half mirrors the lower one.
  private static short[] quantiles() {
    var table = new short[QUANTILES];
    double step = 1e-4;
    double point = -6;
    double below = 0;
    for (int k = 0; k < QUANTILES / 2; k++) {
      double wanted = (k + 0.5) / QUANTILES;
      while (below < wanted) {
        below += step * Math.exp(-0.5 * point * point) / Math.sqrt(2 * Math.PI);
        point += step;
      }
      short value = bfloat16((float) (Math.min(point, 0) * DEVIATION));
      table[k] = value;
      table[QUANTILES - 1 - k] = (short) (value ^ 0x8000);
    }
    return table;
  }

  /// Each value times a power of two, exactly: only exponents change, and zero stays zero.
  private static short[] scaled(short[] table, int exponent) {
    var result = new short[table.length];
    for (int i = 0; i < table.length; i++) {
      boolean zero = (table[i] & 0x7FFF) == 0;
      result[i] = zero ? table[i] : (short) (table[i] + (exponent << MANTISSA_BITS));
    }
    return result;
  }

  /// The nearest value, the even one of two.
  private static short bfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    return (short) ((bits + 0x7FFF + (bits >>> 16 & 1)) >>> 16);
  }
}
