package dev.lathe.engine.weight;

import java.lang.foreign.MemorySegment;

/// A tensor whose elements can be had in any order, a range of row-major indices at a time. What an
/// expression becomes for evaluation: no tensor is ever held as a whole. For one thread.
interface Elements {

  /// Writes elements `first`, `first + 1`, ... until the target is full; its size is a whole number
  /// of elements.
  void read(long first, MemorySegment target);
}
