package dev.lathe.codegen.ptx.asm;

import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.Instr;
import dev.lathe.codegen.ptx.isa.Instr.Guard;
import java.util.List;
import java.util.Optional;

/// A node of a kernel's body. Control flow is structured, so that a reader, the verifier and a
/// simulator need no graph.
public sealed interface Statement {

  /// One instruction.
  record Line(Instr instr) implements Statement {}

  /// A remark in the text.
  record Comment(String text) implements Statement {}

  /// Threads where the condition holds run `then`, the others `otherwise`.
  record If(Guard condition, List<Statement> then, List<Statement> otherwise) implements Statement {
    public If {
      then = List.copyOf(then);
      otherwise = List.copyOf(otherwise);
    }
  }

  /// Repeats the body until a [Break] in it.
  ///
  /// @param unroll true lets the assembler unroll
  record Loop(List<Statement> body, boolean unroll) implements Statement {
    public Loop {
      body = List.copyOf(body);
    }
  }

  /// Leaves the innermost loop, where the condition holds.
  record Break(Optional<Guard> condition) implements Statement {}

  /// Runs case number `selector`; none if there is no such case.
  record Switch(B32 selector, List<List<Statement>> cases) implements Statement {
    public Switch {
      cases = cases.stream().map(List::copyOf).toList();
    }
  }
}
