package dev.lathe.passes.tune;

import java.util.List;

/// Measures candidates: the port through which `tune` reaches a GPU.
public interface CandidateTimer extends AutoCloseable {

  /// Says which problems will be measured, in this order, so that their kernels can be assembled
  /// beforehand. Not all may follow.
  void expect(List<TuningTask> tasks);

  /// Measures all contenders of one problem side by side.
  ///
  /// @return a timing for each, in their order
  /// @throws dev.lathe.engine.error.LatheException if a kernel has made the GPU unusable: it
  ///     faulted, or does not end
  List<Timing> time(TuningTask task);

  @Override
  void close();
}
