package dev.lathe.passes.tune;

/// Hears of measurements while they go on.
public interface TuningListener {

  /// A listener that does not care.
  TuningListener NONE =
      new TuningListener() {
        @Override
        public void measuring(int done, int all, TuningTask task) {}

        @Override
        public void failed(TuningTask task, Contender contender, String reason) {}

        @Override
        public void measured(TimingCache.Entry entry) {}
      };

  /// Another problem is about to be measured.
  ///
  /// @param done problems that were measured before
  /// @param all problems to measure
  void measuring(int done, int all, TuningTask task);

  /// A candidate is out of the running.
  void failed(TuningTask task, Contender contender, String reason);

  /// A problem was measured; the entry is worth keeping even if the build goes no further.
  void measured(TimingCache.Entry entry);
}
