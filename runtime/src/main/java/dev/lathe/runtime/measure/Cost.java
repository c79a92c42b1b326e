package dev.lathe.runtime.measure;

/// What steps must move and compute at the least.
///
/// @param weightBytes of weights; of tables that are read by rows, only as many rows as tokens
/// @param activationBytes of inputs, activations and results
/// @param cacheBytes of the KV cache
/// @param productFlops multiplications and additions of matrix products
/// @param attentionFlops multiplications and additions of attention
public record Cost(
    double weightBytes,
    double activationBytes,
    double cacheBytes,
    double productFlops,
    double attentionFlops) {
  static final Cost NONE = new Cost(0, 0, 0, 0, 0);

  /// All bytes, read or written.
  public double bytes() {
    return weightBytes + activationBytes + cacheBytes;
  }

  /// All multiplications and additions that are counted.
  public double flops() {
    return productFlops + attentionFlops;
  }

  Cost plus(Cost other) {
    return new Cost(
        weightBytes + other.weightBytes,
        activationBytes + other.activationBytes,
        cacheBytes + other.cacheBytes,
        productFlops + other.productFlops,
        attentionFlops + other.attentionFlops);
  }
}
