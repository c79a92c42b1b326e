package dev.lathe.engine.type;

import java.util.Arrays;
import java.util.Locale;

/// Element type of a tensor, with the width that it has in memory.
///
/// The list is that of the safetensors format (specification of 2026-05). Only some of them can be
/// computed with ([#isFloat()]); the others are read, stored and converted.
public enum DType {
  BOOL(8),
  F4(4),
  F6_E2M3(6),
  F6_E3M2(6),
  U8(8),
  I8(8),
  F8_E5M2(8),
  F8_E4M3(8),
  F8_E8M0(8),
  F8_E4M3FNUZ(8),
  F8_E5M2FNUZ(8),
  I16(16),
  U16(16),
  F16(16),
  BF16(16),
  I32(32),
  U32(32),
  F32(32),
  C64(64),
  F64(64),
  I64(64),
  U64(64);

  private final int bits;

  DType(int bits) {
    this.bits = bits;
  }

  /// Width of one element in bits.
  public int bits() {
    return bits;
  }

  /// Width of one element in bytes.
  ///
  /// @throws IllegalStateException for a type narrower than a byte or of 6 bits
  public int bytes() {
    if (bits % 8 != 0) {
      throw new IllegalStateException(this + " has " + bits + " bits, no whole number of bytes");
    }
    return bits / 8;
  }

  /// True for the types that a plan computes in: [#F32], [#F16], [#BF16].
  public boolean isFloat() {
    return this == F32 || this == F16 || this == BF16;
  }

  /// Lower-case name, as the graph text and `inspect` print it: `bf16`.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The type with the given [#text()].
  ///
  /// @throws IllegalArgumentException where there is none
  public static DType parse(String text) {
    return Arrays.stream(values())
        .filter(type -> type.text().equals(text))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("unknown dtype '" + text + "'"));
  }
}
