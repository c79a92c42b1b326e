package dev.lathe.engine.weight;

/// Pseudo-random numbers of nearly normal distribution; number i is a pure function of seed and i.
///
/// Two 64-bit hashes (the finaliser of SplitMix64: Steele, Lea, Flood 2014) of the counters
/// `2i + 1` and `2i + 2` give eight 16-bit uniform numbers, whose sum is close to normal: the
/// fourth moment is 2.85 sigma^4 in place of 3, and no number lies over 4.9 sigma from the mean.
/// That is all that weights of a made-up model need, at a tenth of the time of logarithms and
/// sines.
final class NormalNumbers {
  private static final long GAMMA = 0x9E3779B97F4A7C15L;
  private static final long LANES = 0x0000FFFF0000FFFFL;
  private static final int UNIFORMS = 8;
  private static final int SUM_MEAN = UNIFORMS * 0xFFFF / 2;

  private final long base;
  private final double mean;
  private final double step;

  NormalNumbers(long seed, double mean, double standardDeviation) {
    this.base = hash(seed + GAMMA);
    this.mean = mean;
    double sumDeviation = Math.sqrt(UNIFORMS * (65536.0 * 65536.0 - 1) / 12);
    this.step = standardDeviation / sumDeviation;
  }

  /// Numbers `first`, `first + 1`, ... as floats: the double result rounded.
  void fill(long first, float[] values, int count) {
    long counter = base + 2 * first * GAMMA;
    for (int i = 0; i < count; i++) {
      long a = hash(counter + (2L * i + 1) * GAMMA);
      long b = hash(counter + (2L * i + 2) * GAMMA);
      long sums = (a & LANES) + (a >>> 16 & LANES) + (b & LANES) + (b >>> 16 & LANES);
      int sum = (int) sums + (int) (sums >>> 32);
      values[i] = (float) (mean + (sum - SUM_MEAN) * step);
    }
  }

  private static long hash(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
