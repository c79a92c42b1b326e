package dev.lathe.codegen.ptx.asm;

import dev.lathe.codegen.ptx.asm.Statement.Break;
import dev.lathe.codegen.ptx.asm.Statement.If;
import dev.lathe.codegen.ptx.asm.Statement.Loop;
import dev.lathe.codegen.ptx.asm.Statement.Switch;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.Instr.Guard;
import dev.lathe.codegen.ptx.isa.Operand;
import dev.lathe.codegen.ptx.isa.Operand.Address;
import dev.lathe.codegen.ptx.isa.Pred;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/// Structured control flow. Bodies are Java lambdas that emit when they are run, once.
public interface ControlFlow extends Emitter {

  /// Appends a statement to the current scope.
  void append(Statement statement);

  /// The statements that `body` emits, in a scope of their own.
  List<Statement> scope(Runnable body);

  /// Puts the guard before each instruction of `body`, which has no control flow. Registers that it
  /// writes keep their value in the other threads.
  void guarded(Guard condition, Runnable body);

  /// Guards each instruction of `body` by the predicate: for a few instructions without branches.
  default void when(Pred predicate, Runnable body) {
    guarded(new Guard(predicate, false), body);
  }

  /// Guards each instruction of `body` by the negated predicate.
  default void unless(Pred predicate, Runnable body) {
    guarded(new Guard(predicate, true), body);
  }

  default void ifThen(Pred predicate, Runnable then) {
    append(new If(new Guard(predicate, false), scope(then), List.of()));
  }

  default void ifNot(Pred predicate, Runnable then) {
    append(new If(new Guard(predicate, true), scope(then), List.of()));
  }

  default void ifElse(Pred predicate, Runnable then, Runnable otherwise) {
    append(new If(new Guard(predicate, false), scope(then), scope(otherwise)));
  }

  /// Ends the threads where the predicate holds.
  default void exitIf(Pred predicate) {
    when(predicate, () -> emit("exit"));
  }

  /// Repeats until [#breakIf] or [#breakLoop] in the body. The assembler does not unroll it.
  default void loop(Runnable body) {
    append(new Loop(scope(body), false));
  }

  /// Runs the body once, and again while it yields true.
  default void repeatWhile(Supplier<Pred> body) {
    loop(() -> {
      Pred again = body.get();
      append(new Break(Optional.of(new Guard(again, true))));
    });
  }

  /// Leaves the innermost loop, where the predicate holds.
  default void breakIf(Pred predicate) {
    append(new Break(Optional.of(new Guard(predicate, false))));
  }

  /// Leaves the innermost loop, where the predicate does not hold.
  default void breakUnless(Pred predicate) {
    append(new Break(Optional.of(new Guard(predicate, true))));
  }

  /// Leaves the innermost loop.
  default void breakLoop() {
    append(new Break(Optional.empty()));
  }

  /// `for (i = start; i < end; i += step)`, signed. The body must not write `i`.
  default void forRange(B32 start, B32 end, int step, Consumer<B32> body) {
    B32 i = b32("mov.b32", start);
    loop(() -> {
      breakIf(pred("setp.ge.s32", i, end));
      body.accept(i);
      emit("add.s32", i, i, Operand.imm(step));
    });
  }

  /// `for (i = start; i < end; i += step)`, signed.
  default void forRange(B32 start, int end, int step, Consumer<B32> body) {
    forRange(start, b32("mov.b32", Operand.imm(end)), step, body);
  }

  /// `for (i = start; i < end; i += step)`, signed.
  default void forRange(int start, B32 end, int step, Consumer<B32> body) {
    forRange(b32("mov.b32", Operand.imm(start)), end, step, body);
  }

  /// Emits the body `count` times: unrolling by the emitter.
  default void unrolled(int count, IntConsumer body) {
    for (int i = 0; i < count; i++) {
      body.accept(i);
    }
  }

  /// Runs `body(selector)`, emitted once for each selector below `count`; nothing for others.
  default void switchOn(B32 selector, int count, IntConsumer body) {
    List<List<Statement>> cases = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int index = i;
      cases.add(scope(() -> body.accept(index)));
    }
    append(new Switch(selector, cases));
  }

  /// Waits until the phase of the given parity of an mbarrier is complete.
  default void awaitPhase(Address barrier, B32 parity) {
    loop(() -> breakIf(pred("mbarrier.try_wait.parity.shared::cta.b64", barrier, parity)));
  }
}
