package dev.lathe.codegen.ptx.isa;

import java.util.List;

/// One instruction with all its modifiers: `ld.global.nc.v4.b32`, and one signature of it.
public record Opcode(String mnemonic, List<Slot> slots, Since since) {
  public Opcode {
    slots = List.copyOf(slots);
  }

  /// The part before the first dot.
  public String stem() {
    int dot = mnemonic.indexOf('.');
    return dot < 0 ? mnemonic : mnemonic.substring(0, dot);
  }

  /// True if the mnemonic has the modifier, given without dots.
  public boolean has(String modifier) {
    return List.of(mnemonic.split("\\.")).contains(modifier);
  }

  boolean accepts(List<Operand> operands) {
    if (operands.size() != slots.size()) {
      return false;
    }
    for (int i = 0; i < slots.size(); i++) {
      if (!slots.get(i).accepts(operands.get(i))) {
        return false;
      }
    }
    return true;
  }
}
