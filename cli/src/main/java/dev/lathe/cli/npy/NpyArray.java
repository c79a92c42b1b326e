package dev.lathe.cli.npy;

import java.util.List;

/// An array read from a `.npy` file.
///
/// @param shape dimensions, outermost first
/// @param values row-major; integers and float32 are exact in a double
public record NpyArray(List<Integer> shape, double[] values) {
  public NpyArray {
    shape = List.copyOf(shape);
  }
}
