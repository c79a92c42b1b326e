package dev.lathe.codegen.ptx.asm;

import dev.lathe.codegen.ptx.asm.Statement.Break;
import dev.lathe.codegen.ptx.asm.Statement.Comment;
import dev.lathe.codegen.ptx.asm.Statement.If;
import dev.lathe.codegen.ptx.asm.Statement.Line;
import dev.lathe.codegen.ptx.asm.Statement.Loop;
import dev.lathe.codegen.ptx.asm.Statement.Switch;
import dev.lathe.codegen.ptx.isa.Instr;
import dev.lathe.codegen.ptx.isa.Instr.Guard;
import dev.lathe.codegen.ptx.isa.Operand.IntImmediate;
import dev.lathe.codegen.ptx.isa.Reg;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Rejects kernels with mistakes that an assembler lets pass:
///
/// * V1 a register is read before it is written on some path; a write under a guard counts only for
///   reads under the same guard, or if the register had a value before;
/// * V2 an instruction that the target does not have;
/// * V3 a barrier that cannot exist: number over 15, threads not of whole warps or not in the
///   block;
/// * V4 more shared memory than a block of the target can have;
/// * V5 a break outside of a loop, or statements that nothing reaches.
final class Verifier {
  private final Kernel kernel;

  Verifier(Kernel kernel) {
    this.kernel = kernel;
  }

  void verify() {
    int limit = kernel.target().sharedBytesPerBlock();
    if (kernel.sharedBytes() > limit) {
      throw fail("V4", kernel.sharedBytes() + " bytes of shared memory, limit " + limit);
    }
    check(kernel.body(), new Written(new HashSet<>(), new HashSet<>()), new ArrayList<>(), false);
  }

  /// Registers that have a value on every path, and those that have one under a guard.
  private record Written(Set<Reg> always, Set<GuardedReg> guarded) {
    Written copy() {
      return new Written(new HashSet<>(always), new HashSet<>(guarded));
    }

    void meet(Written other) {
      always.retainAll(other.always);
      guarded.retainAll(other.guarded);
    }
  }

  private record GuardedReg(Guard guard, Reg register) {}

  /// Checks a list; true if its end can be reached. `breaks` collects the states at breaks.
  private boolean check(List<Statement> body, Written state, List<Written> breaks, boolean inLoop) {
    boolean reachable = true;
    for (Statement statement : body) {
      if (!reachable) {
        if (statement instanceof Comment) {
          continue;
        }
        throw fail("V5", "nothing reaches " + statement);
      }
      reachable = check(statement, state, breaks, inLoop);
    }
    return reachable;
  }

  private boolean check(Statement statement, Written state, List<Written> breaks, boolean inLoop) {
    return switch (statement) {
      case Comment _ -> true;
      case Line(Instr instr) -> checkInstr(instr, state);
      case If(Guard condition, var then, var otherwise) -> {
        requireWritten(condition.predicate(), Optional.empty(), state, statement);
        yield checkBranches(List.of(then, otherwise), state, breaks, inLoop);
      }
      case Switch(var selector, var cases) -> {
        requireWritten(selector, Optional.empty(), state, statement);
        List<List<Statement>> branches = new ArrayList<>(cases);
        branches.add(List.of());
        yield checkBranches(branches, state, breaks, inLoop);
      }
      case Loop(var body, _) -> checkLoop(body, state);
      case Break(var condition) -> {
        if (!inLoop) {
          throw fail("V5", "a break outside of a loop");
        }
        condition.ifPresent(c -> requireWritten(c.predicate(), Optional.empty(), state, statement));
        breaks.add(state.copy());
        yield condition.isPresent();
      }
    };
  }

  private boolean checkBranches(
      List<List<Statement>> branches, Written state, List<Written> breaks, boolean inLoop) {
    List<Written> ends = new ArrayList<>();
    for (List<Statement> branch : branches) {
      Written end = state.copy();
      if (check(branch, end, breaks, inLoop)) {
        ends.add(end);
      }
    }
    return become(state, ends);
  }

  private boolean checkLoop(List<Statement> body, Written state) {
    List<Written> exits = new ArrayList<>();
    check(body, state.copy(), exits, true);
    return become(state, exits);
  }

  /// Sets the state to what holds on all the given paths; false if there is no path.
  private static boolean become(Written state, List<Written> paths) {
    if (paths.isEmpty()) {
      return false;
    }
    Written all = paths.getFirst().copy();
    paths.forEach(all::meet);
    state.always.clear();
    state.always.addAll(all.always);
    state.guarded.clear();
    state.guarded.addAll(all.guarded);
    return true;
  }

  private boolean checkInstr(Instr instr, Written state) {
    if (!instr.opcode().since().isOn(kernel.target())) {
      throw fail("V2", kernel.target() + " has no " + instr.text());
    }
    if (instr.opcode().stem().equals("bar") && !instr.opcode().has("warp")) {
      checkBarrier(instr);
    }
    for (Reg register : instr.reads()) {
      requireWritten(register, instr.guard(), state, instr.text());
    }
    for (Reg register : instr.writes()) {
      state.guarded.removeIf(entry -> entry.guard.predicate().equals(register));
      if (instr.guard().isEmpty()) {
        state.always.add(register);
      } else if (!state.always.contains(register)) {
        state.guarded.add(new GuardedReg(instr.guard().get(), register));
      }
    }
    return !instr.opcode().stem().equals("exit") || instr.guard().isPresent();
  }

  private void requireWritten(Reg register, Optional<Guard> guard, Written state, Object reader) {
    boolean written =
        state.always.contains(register)
            || guard.map(g -> state.guarded.contains(new GuardedReg(g, register))).orElse(false);
    if (!written) {
      throw fail("V1", register.text() + " may have no value in: " + reader);
    }
  }

  private void checkBarrier(Instr instr) {
    long id = ((IntImmediate) instr.operands().getFirst()).value();
    long threads =
        instr.operands().size() == 1
            ? kernel.threads()
            : ((IntImmediate) instr.operands().get(1)).value();
    if (id < 0 || id > 15 || threads % 32 != 0 || threads <= 0 || threads > kernel.threads()) {
      throw fail("V3", instr.text() + " in a block of " + kernel.threads() + " threads");
    }
  }

  private IllegalStateException fail(String rule, String sentence) {
    return new IllegalStateException("kernel " + kernel.name() + ": " + rule + ": " + sentence);
  }
}
