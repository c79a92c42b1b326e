package dev.lathe.frontend.checkpoint;

import dev.lathe.frontend.json.StrictReader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/// Checks that tensors have the sizes that their shapes say, and fill the data of a file without
/// holes or overlaps: then no byte of the file is without a meaning.
final class TensorLayout {
  private static final Comparator<TensorEntry> BY_PLACE =
      Comparator.comparingLong(TensorEntry::begin).thenComparingLong(TensorEntry::end);

  private TensorLayout() {}

  /// @param file name for errors
  /// @param dataBytes bytes of the file after the header
  static void check(String file, Collection<TensorEntry> tensors, long dataBytes) {
    List<TensorEntry> ordered = new ArrayList<>(tensors);
    ordered.sort(BY_PLACE);
    long next = 0;
    for (TensorEntry tensor : ordered) {
      checkSize(file, tensor);
      checkPlace(file, tensor, next, dataBytes);
      next = tensor.end();
    }
    if (next != dataBytes) {
      throw new CheckpointException(
          CheckpointError.TRAILING_BYTES,
          file
              + ": "
              + (dataBytes - next)
              + " bytes after the last tensor"
              + (ordered.isEmpty() ? "" : " " + StrictReader.shown(ordered.getLast().name())));
    }
  }

  private static void checkSize(String file, TensorEntry tensor) {
    long bits;
    try {
      bits = Math.multiplyExact(elements(tensor.shape()), (long) tensor.dtype().bits());
    } catch (ArithmeticException e) {
      throw new CheckpointException(
          CheckpointError.SHAPE_OVERFLOW,
          label(file, tensor) + " has the shape " + tensor.shape() + ", beyond 64 bits",
          e);
    }
    if (bits % 8 != 0) {
      throw error(
          CheckpointError.SUB_BYTE,
          file,
          tensor,
          "has " + bits + " bits, which are no whole number of bytes");
    }
    if (bits / 8 != tensor.bytes()) {
      throw error(
          CheckpointError.TENSOR_SIZE,
          file,
          tensor,
          "needs "
              + bits / 8
              + " bytes for its shape "
              + tensor.shape()
              + " of "
              + tensor.dtype().text()
              + ", but has "
              + tensor.bytes());
    }
  }

  /// Every partial product is checked, in order: a zero does not excuse an overflow before it.
  private static long elements(List<Long> shape) {
    long count = 1;
    for (long dimension : shape) {
      count = Math.multiplyExact(count, dimension);
    }
    return count;
  }

  private static void checkPlace(String file, TensorEntry tensor, long next, long dataBytes) {
    if (tensor.end() > dataBytes) {
      throw error(
          CheckpointError.TENSOR_PAST_END,
          file,
          tensor,
          "ends at byte " + tensor.end() + " of " + dataBytes);
    }
    if (tensor.begin() > next) {
      throw error(
          CheckpointError.HOLE,
          file,
          tensor,
          "begins at byte "
              + tensor.begin()
              + ", "
              + (tensor.begin() - next)
              + " bytes after the tensor before it");
    }
    if (tensor.begin() < next) {
      throw error(
          CheckpointError.OVERLAP,
          file,
          tensor,
          "begins at byte "
              + tensor.begin()
              + ", inside the tensor before it, which ends at "
              + next);
    }
  }

  private static String label(String file, TensorEntry tensor) {
    return file + ": tensor " + StrictReader.shown(tensor.name());
  }

  private static CheckpointException error(
      CheckpointError error, String file, TensorEntry tensor, String sentence) {
    return new CheckpointException(error, label(file, tensor) + " " + sentence);
  }
}
