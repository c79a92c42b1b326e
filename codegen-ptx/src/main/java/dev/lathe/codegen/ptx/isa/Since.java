package dev.lathe.codegen.ptx.isa;

/// What an instruction needs.
///
/// @param sm least compute capability times ten
/// @param architectureSpecific true if only the `a` target of exactly that `sm` has it
/// @param ptx least PTX version times ten
public record Since(int sm, boolean architectureSpecific, int ptx) {
  static final Since ALWAYS = new Since(80, false, 63);
  static final Since SM_80 = new Since(80, false, 70);
  static final Since SM_89 = new Since(89, false, 81);
  static final Since SM_90 = new Since(90, false, 80);
  static final Since SM_90A = new Since(90, true, 80);

  /// True if code for `target` may use the instruction.
  public boolean isOn(Target target) {
    return architectureSpecific
        ? target.architectureSpecific() && target.sm() == sm
        : target.sm() >= sm;
  }
}
