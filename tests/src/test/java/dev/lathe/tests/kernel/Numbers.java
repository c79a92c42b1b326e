package dev.lathe.tests.kernel;

import dev.lathe.engine.type.DType;
import java.util.SplittableRandom;

/// Seeded random operands.
final class Numbers {
  private final SplittableRandom random;

  Numbers(String seed) {
    this.random = new SplittableRandom(seed.hashCode());
  }

  /// `from` to `to`, both included.
  int between(int from, int to) {
    return random.nextInt(from, to + 1);
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  long nextLong() {
    return random.nextLong();
  }

  /// About normal, with the given deviation.
  float normal(double deviation) {
    long bits = random.nextLong();
    int sum = 0;
    for (int i = 0; i < 4; i++) {
      sum += (int) (bits >>> (16 * i)) & 0xFFFF;
    }
    return (float) ((sum - 131070) * (deviation / 37837));
  }

  /// A matrix of about normal values that the dtype can hold.
  Operand.Floats matrix(DType dtype, int rows, int columns, double deviation) {
    return new Operand.Floats(
        dtype, rows, columns, floats(dtype, Math.multiplyExact(rows, columns), deviation), false);
  }

  float[] floats(DType dtype, int count, double deviation) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = Elements.round(dtype, normal(deviation));
    }
    return values;
  }

  /// Weights of a norm: about 1.
  Operand.Floats scales(DType dtype, int columns) {
    float[] values = new float[columns];
    for (int i = 0; i < columns; i++) {
      values[i] = Elements.round(dtype, 1 + normal(0.2));
    }
    return new Operand.Floats(dtype, 1, columns, values, false);
  }

  int[] ints(int count, int from, int to) {
    int[] values = new int[count];
    for (int i = 0; i < count; i++) {
      values[i] = between(from, to);
    }
    return values;
  }

  int[] permutation(int count) {
    int[] values = new int[count];
    for (int i = 0; i < count; i++) {
      int j = random.nextInt(i + 1);
      values[i] = values[j];
      values[j] = i;
    }
    return values;
  }
}
