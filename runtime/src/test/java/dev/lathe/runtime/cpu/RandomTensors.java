package dev.lathe.runtime.cpu;

import dev.lathe.engine.type.DType;
import java.util.Random;

/// Seeded tensors for tests.
final class RandomTensors {
  private final Random random;

  RandomTensors(long seed) {
    random = new Random(seed);
  }

  FloatTensor floats(int rows, int columns) {
    return floats(DType.F32, rows, columns);
  }

  FloatTensor floats(DType dtype, int rows, int columns) {
    FloatTensor tensor = new FloatTensor(dtype, rows, columns);
    for (int i = 0; i < rows * columns; i++) {
      tensor.data()[i] = (float) random.nextGaussian();
    }
    for (int row = 0; row < rows; row++) {
      tensor.round(row);
    }
    return tensor;
  }

  int below(int bound) {
    return random.nextInt(bound);
  }
}
