package dev.lathe.codegen.tile;

/// Which thread of a warpgroup holds which element of a `wgmma` accumulator, 64 x N. PTX ISA
/// 9.7.15.5.1.1: warp w holds rows 16 w to 16 w + 15; in it, 8 columns are laid out as
/// [MmaFragment#C]; register 4 j + i belongs to columns 8 j to 8 j + 7.
public final class WgmmaFragment {
  private WgmmaFragment() {}

  /// Row of an accumulator register.
  ///
  /// @param thread in the warpgroup, 0 to 127
  public static int row(int thread, int register) {
    return 16 * (thread / 32) + MmaFragment.C.row(thread % 32, register % 4);
  }

  /// Column of an accumulator register.
  public static int column(int thread, int register) {
    return 8 * (register / 4) + MmaFragment.C.column(thread % 32, register % 4);
  }
}
