package dev.lathe.codegen.ptx.asm;

import dev.lathe.codegen.ptx.isa.Operand;
import dev.lathe.codegen.ptx.isa.Operand.Address;

/// A named piece of a block's shared memory.
///
/// @param offset first byte in the arena
public record SharedRegion(String name, int offset, int bytes) {

  /// The symbol of the arena.
  public static final Operand.Symbol ARENA = new Operand.Symbol("smem");

  /// The address of a byte of the region that is known when the kernel is emitted.
  ///
  /// @throws IllegalStateException if it lies outside
  public Address at(int byteOffset) {
    if (byteOffset < 0 || byteOffset >= bytes) {
      throw new IllegalStateException(
          "byte " + byteOffset + " is outside of shared region " + name + " of " + bytes);
    }
    return new Address(ARENA, offset + byteOffset);
  }
}
