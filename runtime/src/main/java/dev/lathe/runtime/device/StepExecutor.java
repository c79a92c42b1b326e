package dev.lathe.runtime.device;

/// One engine on one device, ready to run. Used by one thread at a time, which owns it.
public interface StepExecutor extends AutoCloseable {

  /// Blocks of the KV pool.
  int kvBlocks();

  /// Steps that may be executed before the tokens of the first of them are read: 1, or 2 where the
  /// device works beside the host.
  int stepsInFlight();

  /// Runs the first plan that fits the batch. May return before the work is done; the batch's
  /// arrays may be changed as soon as it returns.
  ///
  /// @throws IllegalStateException if no plan fits: the scheduler keeps to the engine's limits
  void execute(Batch batch);

  /// Waits for the oldest [#execute(Batch)] whose tokens were not read, and copies its R sampled
  /// tokens into `tokens`.
  void readTokens(int[] tokens);

  /// Waits, and copies row `row` of the last step's logits (V values) into `logits`.
  void readLogits(int row, float[] logits);

  /// Time by kernel since the start, if the limits asked for it; else empty.
  java.util.List<KernelTime> kernelTimes();

  @Override
  void close();

  /// @param step name of the step's op and kernel
  /// @param launches how many ran
  /// @param nanos time of all of them
  record KernelTime(String step, long launches, long nanos) {}
}
