package dev.lathe.codegen.ptx.isa;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The instruction table: every form that a kernel may use.
public final class Isa {
  private static final List<Form> FORMS =
      Stream.of(
              IntegerForms.FORMS,
              FloatForms.FORMS,
              MemoryForms.FORMS,
              AsyncForms.FORMS,
              WarpForms.FORMS,
              MatrixForms.FORMS)
          .flatMap(List::stream)
          .toList();

  private static final Map<String, List<Opcode>> OPCODES = index();

  private Isa() {}

  private static Map<String, List<Opcode>> index() {
    Map<String, List<Opcode>> index = new LinkedHashMap<>();
    for (Form form : FORMS) {
      for (Opcode opcode : form.opcodes()) {
        index.computeIfAbsent(opcode.mnemonic(), _ -> new ArrayList<>()).add(opcode);
      }
    }
    return Map.copyOf(index);
  }

  /// The rows of the table.
  public static List<Form> forms() {
    return FORMS;
  }

  /// Every signature of a mnemonic; empty if the table has no such instruction.
  public static List<Opcode> opcodes(String mnemonic) {
    return List.copyOf(OPCODES.getOrDefault(mnemonic, List.of()));
  }

  /// An instruction of the table.
  ///
  /// @param mnemonic with all modifiers: `add.s32`
  /// @throws IllegalStateException if the table has no such instruction with such operands
  public static Instr instr(String mnemonic, List<Operand> operands) {
    List<Opcode> signatures = OPCODES.getOrDefault(mnemonic, List.of());
    for (Opcode opcode : signatures) {
      if (opcode.accepts(operands)) {
        return new Instr(opcode, operands, Optional.empty());
      }
    }
    String given = operands.stream().map(Operand::text).toList().toString();
    throw new IllegalStateException(
        signatures.isEmpty()
            ? "the instruction table has no '" + mnemonic + "'"
            : mnemonic
                + " takes "
                + signatures.stream().map(Opcode::slots).toList()
                + ", not "
                + given);
  }
}
