package dev.lathe.codegen.ptx.sim;

/// An mbarrier: a phase is complete when all arrivals and all expected bytes are there.
final class PhaseBarrier {
  /// What those that arrived had done.
  final Clock clock;

  private final int arrivals;
  private int pending;
  private long bytes;
  private int phase;

  PhaseBarrier(int arrivals, int warps) {
    this.clock = new Clock(warps);
    this.arrivals = arrivals;
    this.pending = arrivals;
  }

  /// @param moreBytes that this phase waits for
  void arrive(long moreBytes) {
    if (pending == 0) {
      throw new IllegalStateException("more arrivals at an mbarrier than its " + arrivals);
    }
    pending--;
    expect(moreBytes);
  }

  void expect(long moreBytes) {
    bytes += moreBytes;
    advance();
  }

  private void advance() {
    if (pending == 0 && bytes == 0) {
      phase++;
      pending = arrivals;
    }
  }

  /// True if the phase of that parity is complete.
  boolean isComplete(int parity) {
    return (phase & 1) != parity;
  }
}
