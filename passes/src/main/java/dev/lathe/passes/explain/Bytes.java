package dev.lathe.passes.explain;

import java.util.List;
import java.util.Locale;

/// Counts of bytes for people, in powers of 1024.
final class Bytes {
  private static final List<String> UNITS = List.of("B", "KiB", "MiB", "GiB", "TiB");

  private Bytes() {}

  /// `512 B`, `1.5 MiB`.
  static String text(long bytes) {
    double amount = bytes;
    int unit = 0;
    while (amount >= 1024 && unit < UNITS.size() - 1) {
      amount /= 1024;
      unit++;
    }
    String format = unit == 0 ? "%.0f %s" : "%.1f %s";
    return String.format(Locale.ROOT, format, amount, UNITS.get(unit));
  }
}
