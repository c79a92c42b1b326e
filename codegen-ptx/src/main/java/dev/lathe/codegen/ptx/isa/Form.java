package dev.lathe.codegen.ptx.isa;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A row of the instruction table.
///
/// @param pattern mnemonics: `(a|b)` one of, `[a|b]` none or one of, `$` the type
/// @param operands slots, in order, as [Slot.Kind] explains: `d s s`; `d:pred` states the type;
///     `*4` four registers in braces, `*V` as many as `.v2` or `.v4` says
/// @param types types that replace `$`, separated by blanks; empty if there is no `$`
public record Form(String pattern, String operands, String types, Since since) {

  static Form form(String pattern, String operands) {
    return new Form(pattern, operands, "", Since.ALWAYS);
  }

  static Form form(String pattern, String operands, String types) {
    return new Form(pattern, operands, types, Since.ALWAYS);
  }

  Form since(Since least) {
    return new Form(pattern, operands, types, least);
  }

  /// Every instruction of the row.
  List<Opcode> opcodes() {
    List<Opcode> opcodes = new ArrayList<>();
    for (String name : expand(pattern)) {
      if (types.isEmpty()) {
        opcodes.add(opcode(name, Optional.empty()));
      }
      for (String type : split(types)) {
        opcodes.add(opcode(name.replace("$", type), Optional.of(PtxType.parse(type))));
      }
    }
    return opcodes;
  }

  private Opcode opcode(String mnemonic, Optional<PtxType> type) {
    int width = mnemonic.contains(".v4.") ? 4 : mnemonic.contains(".v2.") ? 2 : 0;
    List<Slot> slots = split(operands).stream().map(slot -> Slot.parse(slot, type, width)).toList();
    return new Opcode(mnemonic, slots, since);
  }

  private static List<String> split(String text) {
    return text.isBlank() ? List.of() : Arrays.asList(text.split(" +"));
  }

  private static List<String> expand(String pattern) {
    int open = 0;
    while (open < pattern.length() && "[(".indexOf(pattern.charAt(open)) < 0) {
      open++;
    }
    if (open == pattern.length()) {
      return List.of(pattern);
    }
    boolean optional = pattern.charAt(open) == '[';
    int close = pattern.indexOf(optional ? ']' : ')', open);
    List<String> choices =
        new ArrayList<>(Arrays.asList(pattern.substring(open + 1, close).split("\\|")));
    if (optional) {
      choices.addFirst("");
    }
    List<String> expanded = new ArrayList<>();
    for (String tail : expand(pattern.substring(close + 1))) {
      for (String choice : choices) {
        expanded.add(pattern.substring(0, open) + choice + tail);
      }
    }
    return expanded;
  }
}
