package dev.lathe.codegen.ptx.sim;

import java.util.List;

/// A tensor map as the tensor memory accelerator reads it: the view of global memory, and where the
/// elements of a box lie in shared memory.
///
/// @param address of the first element
/// @param elementBytes 1, 2 or 4
/// @param dims elements of each dimension, the innermost first
/// @param strideBytes of all dimensions but the innermost
/// @param box elements of a copy in each dimension
/// @param swizzleBytes 0, 32, 64 or 128
public record TensorMap(
    long address,
    int elementBytes,
    List<Long> dims,
    List<Long> strideBytes,
    List<Integer> box,
    int swizzleBytes) {
  public TensorMap {
    dims = List.copyOf(dims);
    strideBytes = List.copyOf(strideBytes);
    box = List.copyOf(box);
    int inner = box.getFirst() * elementBytes;
    if (swizzleBytes != 0 && inner != swizzleBytes) {
      throw new IllegalStateException(
          "rows of " + inner + " bytes under a swizzle of " + swizzleBytes + ": not simulated");
    }
  }

  int elements() {
    return box.stream().reduce(1, Math::multiplyExact);
  }

  int bytes() {
    return elements() * elementBytes;
  }

  /// Global address of element `index` of the box at the coordinates; -1 outside of the bounds.
  long global(List<Integer> coordinates, int index) {
    long result = address;
    int rest = index;
    for (int i = 0; i < box.size(); i++) {
      long at = coordinates.get(i) + (long) (rest % box.get(i));
      rest /= box.get(i);
      if (at < 0 || at >= dims.get(i)) {
        return -1;
      }
      result += at * (i == 0 ? elementBytes : strideBytes.get(i - 1));
    }
    return result;
  }

  /// Shared address of element `index` of a box that lies at `base`: chunks of 16 bytes are
  /// permuted by bits 7 to 9 of the address.
  long shared(long base, int index) {
    long plain = base + (long) index * elementBytes;
    int mask = swizzleBytes == 0 ? 0 : swizzleBytes / 16 - 1;
    return plain ^ (((plain >> 7) & mask) << 4);
  }

  /// The alignment that the shared address of a box needs.
  int sharedAlignment() {
    return 128;
  }
}
