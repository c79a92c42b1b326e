package dev.lathe.cli.bench;

import java.util.Locale;

/// When a waiting sequence may start.
enum SchedulingPolicy {
  GUARANTEED_NO_EVICT,
  MAX_UTILIZATION;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
