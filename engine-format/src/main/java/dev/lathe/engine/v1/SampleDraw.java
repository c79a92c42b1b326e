package dev.lathe.engine.v1;

/// The random numbers of sampling: a pure function of a sequence's seed and the number of the
/// token, so that a result does not depend on the batch in which it was drawn.
public final class SampleDraw {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
  private static final long FIRST_MULTIPLIER = 0xBF58476D1CE4E5B9L;
  private static final long SECOND_MULTIPLIER = 0x94D049BB133111EBL;

  private SampleDraw() {}

  /// 64 uniform bits: the finaliser of SplitMix64 (Steele, Lea, Flood 2014) over
  /// `seed + (draw + 1) * gamma`, all arithmetic modulo 2^64.
  public static long bits(long seed, int draw) {
    long z = seed + (draw + 1L) * GOLDEN_GAMMA;
    z = (z ^ (z >>> 30)) * FIRST_MULTIPLIER;
    z = (z ^ (z >>> 27)) * SECOND_MULTIPLIER;
    return z ^ (z >>> 31);
  }

  /// The point in `[0, total)` that the bits select: the high 64 bits of `bits * total`.
  public static long point(long bits, long total) {
    return Math.unsignedMultiplyHigh(bits, total);
  }
}
