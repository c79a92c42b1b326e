package dev.lathe.engine.file;

/// Told how far a long piece of work is. Called from worker threads, one at a time.
@FunctionalInterface
public interface Progress {
  Progress NONE = (_, _) -> {};

  /// @param doneBytes grows from call to call, up to `totalBytes`
  void advanced(long doneBytes, long totalBytes);
}
