package dev.lathe.runtime;

import dev.lathe.runtime.device.DeviceLimits;
import dev.lathe.runtime.schedule.Policy;

/// How a session uses its device.
///
/// @param limits how much of the device it takes
/// @param policy when a waiting sequence may start
public record SessionOptions(DeviceLimits limits, Policy policy) {
  public static final SessionOptions DEFAULT =
      new SessionOptions(DeviceLimits.DEFAULT, Policy.guaranteedNoEvict());

  public SessionOptions withLimits(DeviceLimits newLimits) {
    return new SessionOptions(newLimits, policy);
  }

  public SessionOptions withPolicy(Policy newPolicy) {
    return new SessionOptions(limits, newPolicy);
  }
}
