package dev.lathe.cli.console;

import java.util.Locale;

/// Numbers as people read them.
public final class Amounts {
  private static final String[] BYTE_UNITS = {"KB", "MB", "GB", "TB", "PB"};
  private static final String[] COUNT_UNITS = {"K", "M", "B", "T"};

  private Amounts() {}

  /// Bytes in powers of 1000, as disks and GPUs are sold: `11.6 MB`.
  public static String bytes(long bytes) {
    return bytes < 1000 ? bytes + " B" : scaled(bytes, BYTE_UNITS, " ");
  }

  /// A count of parameters: `8.03B`.
  public static String count(long count) {
    return count < 1000 ? Long.toString(count) : scaled(count, COUNT_UNITS, "");
  }

  private static String scaled(long amount, String[] units, String gap) {
    double value = amount;
    int unit = -1;
    do {
      value /= 1000;
      unit++;
    } while (value >= 999.5 && unit < units.length - 1);
    String format = value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f";
    return String.format(Locale.ROOT, format, value) + gap + units[unit];
  }
}
