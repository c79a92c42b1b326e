package dev.lathe.codegen.ptx.isa;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A GPU architecture to generate code for.
///
/// @param sm compute capability times ten: 90 for Hopper
/// @param architectureSpecific true for `sm_90a`: code that runs on this architecture only, with
///     its special instructions (wgmma, setmaxnreg)
public record Target(int sm, boolean architectureSpecific) {
  private static final Pattern NAME = Pattern.compile("sm_(\\d{2,3})(a?)");

  public static final Target SM_80 = new Target(80, false);
  public static final Target SM_89 = new Target(89, false);
  public static final Target SM_90A = new Target(90, true);

  /// The target of the given name: `sm_90a`.
  ///
  /// @throws IllegalArgumentException if the name is no such name
  public static Target parse(String name) {
    Matcher matcher = NAME.matcher(name.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new IllegalArgumentException("no GPU target: '" + name + "' (expected e.g. sm_90a)");
    }
    return new Target(Integer.parseInt(matcher.group(1)), !matcher.group(2).isEmpty());
  }

  /// The name, as `.target` and `ptxas -arch` take it.
  public String text() {
    return "sm_" + sm + (architectureSpecific ? "a" : "");
  }

  /// The oldest PTX version that knows this target, times ten.
  public int leastPtx() {
    if (sm >= 100) {
      return 86;
    }
    return sm >= 90 ? (architectureSpecific ? 80 : 78) : sm >= 89 ? 78 : sm >= 86 ? 71 : 70;
  }

  /// Dynamic shared memory that one block can have, in bytes.
  public int sharedBytesPerBlock() {
    return switch (sm) {
      case 80, 87 -> 163 * 1024;
      case 86, 89, 120 -> 99 * 1024;
      default -> sm < 80 ? 48 * 1024 : 227 * 1024;
    };
  }

  /// Multiprocessors of the largest common GPU of this target: what persistent grids are made for.
  public int multiprocessors() {
    return switch (sm) {
      case 80 -> 108;
      case 86 -> 84;
      case 89 -> 128;
      case 90 -> 132;
      default -> sm < 80 ? 68 : 148;
    };
  }

  @Override
  public String toString() {
    return text();
  }
}
