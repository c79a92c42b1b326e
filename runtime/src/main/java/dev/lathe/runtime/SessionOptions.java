package dev.lathe.runtime;

import dev.lathe.runtime.device.DeviceLimits;
import dev.lathe.runtime.metrics.StepListener;
import dev.lathe.runtime.schedule.Policy;
import java.util.Optional;

/// How a session uses its device.
///
/// @param limits how much of the device it takes
/// @param policy when a waiting sequence may start
/// @param steps hears of every step
public record SessionOptions(DeviceLimits limits, Policy policy, Optional<StepListener> steps) {
  public static final SessionOptions DEFAULT =
      new SessionOptions(DeviceLimits.DEFAULT, Policy.guaranteedNoEvict(), Optional.empty());

  public SessionOptions withLimits(DeviceLimits newLimits) {
    return new SessionOptions(newLimits, policy, steps);
  }

  public SessionOptions withPolicy(Policy newPolicy) {
    return new SessionOptions(limits, newPolicy, steps);
  }

  public SessionOptions withSteps(StepListener listener) {
    return new SessionOptions(limits, policy, Optional.of(listener));
  }
}
