package dev.lathe.cli.option;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import java.util.Optional;

/// Options that cannot be: out of range, missing, or in contradiction. Exit code 2.
public final class UsageError extends LatheException {
  private static final long serialVersionUID = 1;

  /// @param sentence names every option that is involved
  /// @param hint what to write instead; empty for nothing
  public UsageError(String sentence, String hint) {
    super(ExitCode.USAGE, "usage", sentence, hint);
  }

  /// Two options that exclude each other.
  public static UsageError conflict(String first, String second, String why) {
    return new UsageError(first + " and " + second + " cannot be combined: " + why, "");
  }

  /// Returns `value` if it lies in the range, both ends included.
  public static int inRange(String option, int value, int least, int greatest) {
    if (value < least || value > greatest) {
      throw new UsageError(option + " is " + value + ", expected " + least + " to " + greatest, "");
    }
    return value;
  }

  /// Accepts an option that was not given, or lies in the range, both ends included.
  public static void inRange(String option, Optional<Integer> value, int least, int greatest) {
    value.ifPresent(given -> inRange(option, given, least, greatest));
  }

  /// Returns `value` if it is a number in the range, both ends included.
  public static double inRange(String option, double value, double least, double greatest) {
    if (!(value >= least && value <= greatest)) {
      throw new UsageError(option + " is " + value + ", expected " + range(least, greatest), "");
    }
    return value;
  }

  /// A range in words: its ends may stand for any positive number, and for any finite one.
  private static String range(double least, double greatest) {
    boolean positive = least > 0 && least <= Float.MIN_NORMAL;
    if (greatest >= Float.MAX_VALUE) {
      return positive ? "more than 0" : number(least) + " or more";
    }
    return positive
        ? "more than 0, and " + number(greatest) + " at most"
        : number(least) + " to " + number(greatest);
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
