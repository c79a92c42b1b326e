package dev.lathe.runtime.cuda;

import java.util.Locale;

/// Amounts of memory as people read them, in powers of 10.
final class MemoryText {
  private static final long MEGA = 1_000_000;
  private static final long GIGA = 1_000_000_000;

  private MemoryText() {}

  /// `512 B`, `3.2 MB`, `79.1 GB`.
  static String of(long bytes) {
    if (bytes >= GIGA) {
      return String.format(Locale.ROOT, "%.1f GB", bytes / (double) GIGA);
    }
    return bytes >= MEGA
        ? String.format(Locale.ROOT, "%.1f MB", bytes / (double) MEGA)
        : bytes + " B";
  }
}
