package dev.lathe.codegen.ptx.sim;

import dev.lathe.codegen.ptx.asm.Statement;
import dev.lathe.codegen.ptx.asm.Statement.Break;
import dev.lathe.codegen.ptx.asm.Statement.Comment;
import dev.lathe.codegen.ptx.asm.Statement.If;
import dev.lathe.codegen.ptx.asm.Statement.Line;
import dev.lathe.codegen.ptx.asm.Statement.Loop;
import dev.lathe.codegen.ptx.asm.Statement.Switch;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.Instr;
import dev.lathe.codegen.ptx.isa.Instr.Guard;
import java.util.List;
import java.util.Optional;

/// A kernel's body, decoded once: each node runs on the lanes of a mask, and tells which lanes come
/// out at its end.
final class Program {
  private final List<Node> nodes;

  Program(List<Statement> body) {
    nodes = compile(body);
  }

  void run(Warp warp) {
    run(nodes, warp, Warp.ALL);
  }

  @FunctionalInterface
  private interface Node {
    int run(Warp warp, int mask);
  }

  private static int run(List<Node> nodes, Warp warp, int mask) {
    int active = mask;
    for (Node node : nodes) {
      if (active == 0) {
        return 0;
      }
      active = node.run(warp, active);
    }
    return active;
  }

  private static List<Node> compile(List<Statement> body) {
    return body.stream().filter(s -> !(s instanceof Comment)).map(Program::compile).toList();
  }

  private static Node compile(Statement statement) {
    return switch (statement) {
      case Comment _ -> (warp, mask) -> mask;
      case Line(Instr instr) -> line(instr);
      case If(Guard condition, var then, var otherwise) ->
          branch(condition, compile(then), compile(otherwise));
      case Loop(var body, _) -> loop(compile(body));
      case Break(var condition) -> leave(condition);
      case Switch(B32 selector, var cases) ->
          choose(selector, cases.stream().map(Program::compile).toList());
    };
  }

  private static Node branch(Guard condition, List<Node> then, List<Node> otherwise) {
    return (warp, mask) -> {
      int taken = lanes(condition, warp, mask);
      int first = taken == 0 ? 0 : run(then, warp, taken);
      int rest = mask & ~taken;
      return first | (rest == 0 ? 0 : run(otherwise, warp, rest));
    };
  }

  private static Node loop(List<Node> body) {
    return (warp, mask) -> {
      int[] broken = new int[1];
      warp.broken.push(broken);
      int active = mask;
      while (active != 0) {
        active = run(body, warp, active);
      }
      warp.broken.pop();
      return broken[0];
    };
  }

  private static Node leave(Optional<Guard> condition) {
    return (warp, mask) -> {
      int leaving = condition.map(guard -> lanes(guard, warp, mask)).orElse(mask);
      warp.broken.element()[0] |= leaving;
      return mask & ~leaving;
    };
  }

  private static Node choose(B32 selector, List<List<Node>> cases) {
    return (warp, mask) -> {
      int rest = mask;
      int done = 0;
      for (int i = 0; i < cases.size(); i++) {
        int taken = 0;
        for (int lane = 0; lane < Warp.LANES; lane++) {
          taken |= warp.values(selector)[lane] == i ? 1 << lane : 0;
        }
        taken &= rest;
        rest &= ~taken;
        done |= taken == 0 ? 0 : run(cases.get(i), warp, taken);
      }
      return done | rest;
    };
  }

  private static Node line(Instr instr) {
    Instructions.Action action = Instructions.decode(instr);
    boolean exits = instr.opcode().stem().equals("exit");
    Optional<Guard> guard = instr.guard();
    return (warp, mask) -> {
      int active = guard.isEmpty() ? mask : lanes(guard.get(), warp, mask);
      if (active == 0) {
        return mask;
      }
      if (exits) {
        warp.exited |= active;
        return mask & ~active;
      }
      try {
        action.run(warp, active);
      } catch (RuntimeException e) {
        throw new IllegalStateException(e.getMessage() + " in: " + instr.text(), e);
      }
      return mask;
    };
  }

  private static int lanes(Guard guard, Warp warp, int mask) {
    return warp.lanes(guard.predicate(), !guard.negated(), mask);
  }
}
