package dev.lathe.runtime.schedule;

/// Decides whether the oldest waiting sequence may start. Stateless.
public interface Policy {

  /// @param neededNow blocks for all tokens that the candidate has now
  /// @param neededLater blocks that it may need in addition until its end
  /// @param free blocks of the pool
  /// @param promised blocks that the running sequences may still need until their ends
  /// @param total blocks of the pool, free or not
  record Situation(int neededNow, int neededLater, int free, long promised, int total) {}

  /// True if the candidate may start. It must be true whenever nobody runs.
  boolean admits(Situation situation);

  /// Starts as many as fit now. When the blocks run out, the youngest sequence is interrupted and
  /// computed again later. Keeps one block in 100 for the growth of those that run.
  static Policy maxUtilization() {
    return situation -> situation.neededNow() <= situation.free() - situation.total() / 100;
  }

  /// Starts a sequence only if all that run can reach their greatest length: nothing is ever
  /// computed twice.
  static Policy guaranteedNoEvict() {
    return situation ->
        situation.neededNow() + situation.neededLater() + situation.promised() <= situation.free();
  }
}
