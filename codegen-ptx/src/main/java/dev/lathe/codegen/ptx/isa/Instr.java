package dev.lathe.codegen.ptx.isa;

import dev.lathe.codegen.ptx.isa.Operand.Address;
import dev.lathe.codegen.ptx.isa.Operand.Pair;
import dev.lathe.codegen.ptx.isa.Operand.TensorAddress;
import dev.lathe.codegen.ptx.isa.Operand.Vector;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// One instruction with its operands, checked against the table. Made by [Isa#instr].
public record Instr(Opcode opcode, List<Operand> operands, Optional<Guard> guard) {
  public Instr {
    operands = List.copyOf(operands);
  }

  /// The same instruction, carried out only by threads where the guard holds.
  public Instr guardedBy(Guard condition) {
    return new Instr(opcode, operands, Optional.of(condition));
  }

  /// Registers that it reads, its guard and addresses included.
  public List<Reg> reads() {
    List<Reg> reads = new ArrayList<>();
    guard.ifPresent(condition -> reads.add(condition.predicate()));
    for (int i = 0; i < operands.size(); i++) {
      Slot.Kind kind = opcode.slots().get(i).kind();
      if (kind != Slot.Kind.WRITE && kind != Slot.Kind.WRITE_PAIR) {
        collect(operands.get(i), reads);
      }
    }
    return reads;
  }

  /// Registers that it writes.
  public List<Reg> writes() {
    List<Reg> writes = new ArrayList<>();
    for (int i = 0; i < operands.size(); i++) {
      Slot.Kind kind = opcode.slots().get(i).kind();
      if (kind == Slot.Kind.WRITE || kind == Slot.Kind.WRITE_PAIR || kind == Slot.Kind.UPDATE) {
        collect(operands.get(i), writes);
      }
    }
    return writes;
  }

  private static void collect(Operand operand, List<Reg> into) {
    switch (operand) {
      case Reg register -> into.add(register);
      case Address(Operand base, _) -> collect(base, into);
      case TensorAddress(B64 map, List<B32> coordinates) -> {
        into.add(map);
        into.addAll(coordinates);
      }
      case Vector(var elements) -> elements.forEach(element -> collect(element, into));
      case Pair(B32 register, Pred predicate) -> {
        into.add(register);
        into.add(predicate);
      }
      case Operand.IntImmediate _,
          Operand.FloatImmediate _,
          Operand.Special _,
          Operand.Symbol _,
          Operand.Sink _ -> {}
    }
  }

  /// The instruction as PTX text, with its semicolon.
  public String text() {
    String list = operands.stream().map(Operand::text).collect(Collectors.joining(", "));
    return guard.map(condition -> condition.text() + " ").orElse("")
        + opcode.mnemonic()
        + (list.isEmpty() ? "" : " " + list)
        + ";";
  }

  /// `@p` or `@!p` before an instruction.
  public record Guard(Pred predicate, boolean negated) {
    public String text() {
      return (negated ? "@!" : "@") + predicate.text();
    }
  }
}
