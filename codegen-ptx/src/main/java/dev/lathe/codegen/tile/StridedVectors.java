package dev.lathe.codegen.tile;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import java.util.function.BiConsumer;

/// A row of elements over threads: vectors of neighbours, dealt out one by one, so that a warp's
/// accesses are contiguous. Unrolled: a thread may keep what it loaded in registers, by round.
///
/// @param width elements of the row, a multiple of vector
/// @param vector elements of one access
/// @param threads that share the row
public record StridedVectors(int width, int vector, int threads) {
  public StridedVectors {
    if (width <= 0 || width % vector != 0) {
      throw new IllegalStateException(width + " elements in vectors of " + vector);
    }
  }

  /// The widest access that rows of `width` elements allow in all the given formats, if the first
  /// row is aligned to 16 bytes.
  public static int vectorFor(int width, FloatFormat... formats) {
    int vector = 8;
    for (FloatFormat format : formats) {
      vector = Math.min(vector, format.maxVector());
    }
    while (width % vector != 0) {
      vector /= 2;
    }
    return vector;
  }

  /// As many threads as a row of `width` elements has vectors, in whole warps, 1024 at most: then
  /// all accesses are under way at once.
  public static int threadsFor(int width, int vector) {
    return Math.min(1024, 32 * Math.ceilDiv(width / vector, 32));
  }

  /// Accesses of a thread.
  public int rounds() {
    return Math.ceilDiv(width / vector, threads);
  }

  /// True if some threads have nothing to do in the given round.
  public boolean isPartial(int round) {
    return (round + 1) * threads > width / vector;
  }

  /// Emits the body for each round, with the first element of the thread's vector.
  ///
  /// @param thread 0 to threads - 1
  public void each(KernelBuilder k, B32 thread, BiConsumer<Integer, B32> body) {
    for (int r = 0; r < rounds(); r++) {
      int round = r;
      B32 index = round == 0 ? thread : k.add(thread, round * threads);
      if (isPartial(round)) {
        k.ifThen(k.lt(index, width / vector), () -> body.accept(round, k.mul(index, vector)));
      } else {
        body.accept(round, k.mul(index, vector));
      }
    }
  }
}
