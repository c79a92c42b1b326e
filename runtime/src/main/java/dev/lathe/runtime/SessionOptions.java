package dev.lathe.runtime;

import dev.lathe.runtime.device.DeviceLimits;
import dev.lathe.runtime.metrics.StepListener;
import dev.lathe.runtime.schedule.Policy;
import java.util.Optional;

/// How a session uses its device.
///
/// @param limits how much of the device it takes
/// @param policy when a waiting sequence may start
/// @param blockReuse whether a sequence starts in the blocks of the KV cache that hold the tokens
///     it begins with, of others that run or have ended; an encoder's never do
/// @param steps hears of every step
public record SessionOptions(
    DeviceLimits limits, Policy policy, boolean blockReuse, Optional<StepListener> steps) {
  public static final SessionOptions DEFAULT =
      new SessionOptions(DeviceLimits.DEFAULT, Policy.guaranteedNoEvict(), false, Optional.empty());

  public SessionOptions withLimits(DeviceLimits newLimits) {
    return new SessionOptions(newLimits, policy, blockReuse, steps);
  }

  public SessionOptions withPolicy(Policy newPolicy) {
    return new SessionOptions(limits, newPolicy, blockReuse, steps);
  }

  /// The same with reuse of blocks, or without.
  public SessionOptions withBlockReuse(boolean reuse) {
    return new SessionOptions(limits, policy, reuse, steps);
  }

  public SessionOptions withSteps(StepListener listener) {
    return new SessionOptions(limits, policy, blockReuse, Optional.of(listener));
  }
}
