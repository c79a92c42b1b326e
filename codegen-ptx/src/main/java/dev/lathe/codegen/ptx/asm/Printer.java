package dev.lathe.codegen.ptx.asm;

import dev.lathe.codegen.ptx.asm.Statement.Break;
import dev.lathe.codegen.ptx.asm.Statement.Comment;
import dev.lathe.codegen.ptx.asm.Statement.If;
import dev.lathe.codegen.ptx.asm.Statement.Line;
import dev.lathe.codegen.ptx.asm.Statement.Loop;
import dev.lathe.codegen.ptx.asm.Statement.Switch;
import dev.lathe.codegen.ptx.isa.Instr.Guard;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// PTX text of a kernel: the lowest version that has all its instructions, directives, and the body
/// with its structure turned into branches.
final class Printer {
  private static final List<String> CLASSES = List.of("pred p", "b16 h", "b32 r", "b64 d", "f32 f");

  private final Kernel kernel;
  private final StringBuilder out = new StringBuilder();
  private int labels;

  Printer(Kernel kernel) {
    this.kernel = kernel;
  }

  String text() {
    int version = Math.max(kernel.target().leastPtx(), leastPtx(kernel.body()));
    out.append(String.format(Locale.ROOT, ".version %d.%d\n", version / 10, version % 10));
    out.append(".target ").append(kernel.target().text()).append("\n.address_size 64\n\n");
    if (kernel.sharedBytes() > 0) {
      out.append(".extern .shared .align ").append(kernel.sharedAlignment()).append(" .b8 ");
      out.append(SharedRegion.ARENA.name()).append("[];\n\n");
    }
    printEntry();
    out.append("{\n");
    for (int i = 0; i < CLASSES.size(); i++) {
      if (kernel.registers().get(i) > 0) {
        String[] parts = CLASSES.get(i).split(" ");
        line("." + "reg ." + parts[0] + " %" + parts[1] + "<" + kernel.registers().get(i) + ">;");
      }
    }
    print(kernel.body(), "");
    line("ret;");
    return out.append("}\n").toString();
  }

  private void printEntry() {
    String parameters =
        kernel.parameters().stream()
            .map(parameter -> parameter.kind().declaration(parameter.name()))
            .collect(Collectors.joining(",\n    ", "(\n    ", "\n)"));
    out.append(".visible .entry ").append(kernel.name());
    out.append(kernel.parameters().isEmpty() ? "()" : parameters).append("\n");
    out.append(".reqntid ").append(kernel.threads()).append(", 1, 1\n");
    kernel.limits().blocksPerSm().ifPresent(n -> out.append(".minnctapersm " + n + "\n"));
    kernel.limits().maxRegisters().ifPresent(n -> out.append(".maxnreg " + n + "\n"));
    if (kernel.limits().cluster() > 1) {
      out.append(".reqnctapercluster ").append(kernel.limits().cluster()).append(", 1, 1\n");
    }
  }

  private static int leastPtx(List<Statement> body) {
    return body.stream().mapToInt(Printer::leastPtx).max().orElse(0);
  }

  private static int leastPtx(Statement statement) {
    return switch (statement) {
      case Line(var instr) -> instr.opcode().since().ptx();
      case Comment _, Break _ -> 0;
      case If(_, var then, var otherwise) -> Math.max(leastPtx(then), leastPtx(otherwise));
      case Loop(var body, _) -> leastPtx(body);
      case Switch(_, var cases) -> cases.stream().mapToInt(Printer::leastPtx).max().orElse(0);
    };
  }

  private void line(String text) {
    out.append("  ").append(text).append('\n');
  }

  private void label(String name) {
    out.append(name).append(":\n");
  }

  private String newLabel() {
    return "$L" + labels++;
  }

  private void print(List<Statement> body, String loopEnd) {
    body.forEach(statement -> print(statement, loopEnd));
  }

  private void print(Statement statement, String loopEnd) {
    switch (statement) {
      case Line(var instr) -> line(instr.text());
      case Comment(var text) -> line("// " + text);
      case If(var condition, var then, var otherwise) ->
          printIf(condition, then, otherwise, loopEnd);
      case Loop(var body, var unroll) -> printLoop(body, unroll);
      case Break(var condition) ->
          line(condition.map(guard -> guard.text() + " ").orElse("") + "bra " + loopEnd + ";");
      case Switch(var selector, var cases) -> printSwitch(selector.text(), cases, loopEnd);
    }
  }

  private void printIf(
      Guard condition, List<Statement> then, List<Statement> otherwise, String loopEnd) {
    String end = newLabel();
    String elseLabel = otherwise.isEmpty() ? end : newLabel();
    line(new Guard(condition.predicate(), !condition.negated()).text() + " bra " + elseLabel + ";");
    print(then, loopEnd);
    if (!otherwise.isEmpty()) {
      line("bra " + end + ";");
      label(elseLabel);
      print(otherwise, loopEnd);
    }
    label(end);
  }

  /// A break at the end of the body becomes the condition of the branch back.
  private void printLoop(List<Statement> body, boolean unroll) {
    String start = newLabel();
    String end = newLabel();
    if (!unroll) {
      line(".pragma \"nounroll\";");
    }
    label(start);
    if (!body.isEmpty()
        && body.getLast() instanceof Break(var condition)
        && condition.isPresent()) {
      print(body.subList(0, body.size() - 1), end);
      Guard leave = condition.get();
      line(new Guard(leave.predicate(), !leave.negated()).text() + " bra " + start + ";");
    } else {
      print(body, end);
      line("bra " + start + ";");
    }
    label(end);
  }

  private void printSwitch(String selector, List<List<Statement>> cases, String loopEnd) {
    String end = newLabel();
    String table = newLabel();
    List<String> targets = IntStream.range(0, cases.size()).mapToObj(_ -> newLabel()).toList();
    String inRange = "%case" + table.substring(1);
    line("{ .reg .pred " + inRange + ";");
    line("setp.ge.u32 " + inRange + ", " + selector + ", " + cases.size() + ";");
    line("@" + inRange + " bra " + end + ";");
    line("}");
    label(table);
    line(".branchtargets " + String.join(", ", targets) + ";");
    line("brx.idx " + selector + ", " + table + ";");
    for (int i = 0; i < cases.size(); i++) {
      label(targets.get(i));
      print(cases.get(i), loopEnd);
      line("bra " + end + ";");
    }
    label(end);
  }
}
