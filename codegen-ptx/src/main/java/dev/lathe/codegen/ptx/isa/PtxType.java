package dev.lathe.codegen.ptx.isa;

import java.util.Locale;

/// Types of PTX instructions. Bit types (`b32`) take registers of any kind of that width.
public enum PtxType {
  PRED(1),
  B8(8),
  U8(8),
  S8(8),
  B16(16),
  U16(16),
  S16(16),
  F16(16),
  BF16(16),
  B32(32),
  U32(32),
  S32(32),
  F32(32),
  F16X2(32),
  BF16X2(32),
  B64(64),
  U64(64),
  S64(64);

  private final int bits;

  PtxType(int bits) {
    this.bits = bits;
  }

  public int bits() {
    return bits;
  }

  /// The type as it stands in a mnemonic: `bf16x2`.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The type with the given [#text()].
  ///
  /// @throws IllegalArgumentException if there is none
  public static PtxType parse(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }

  /// True if a register of the given kind may hold a value of this type.
  public boolean accepts(Reg register) {
    return switch (register) {
      case Pred _ -> this == PRED;
      case B16 _ -> bits == 16 || bits == 8;
      case B32 _ -> (bits == 32 && this != F32) || bits == 8;
      case F32 _ -> this == F32 || this == B32;
      case B64 _ -> bits == 64;
    };
  }
}
