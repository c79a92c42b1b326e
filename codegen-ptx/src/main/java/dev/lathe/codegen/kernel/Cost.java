package dev.lathe.codegen.kernel;

/// Expected cost of a configuration: ranks it before anything is timed.
///
/// @param micros time of the step at the greatest sizes of its profile
public record Cost(double micros) implements Comparable<Cost> {

  /// Bytes that one microsecond moves: 3 TB/s, an H100's.
  private static final double BYTES_PER_MICRO = 3.0e6;

  /// Start and end of one kernel.
  private static final double LAUNCH_MICROS = 1.5;

  /// A kernel that does nothing but move bytes.
  public static Cost ofBytes(double bytes) {
    return new Cost(LAUNCH_MICROS + bytes / BYTES_PER_MICRO);
  }

  @Override
  public int compareTo(Cost other) {
    return Double.compare(micros, other.micros);
  }
}
