package dev.lathe.codegen.ptx.asm;

import dev.lathe.codegen.ptx.isa.Target;
import java.util.List;
import java.util.OptionalInt;

/// A complete kernel: what [KernelBuilder#build] returns.
///
/// @param threads threads of a block, one-dimensional
/// @param sharedBytes dynamic shared memory of a block
/// @param sharedAlignment alignment of the arena, a power of two
/// @param limits register and occupancy directives
/// @param registers how many virtual registers each class has, in the order p, h, r, d, f
public record Kernel(
    String name,
    Target target,
    List<Parameter> parameters,
    List<Statement> body,
    int threads,
    int sharedBytes,
    int sharedAlignment,
    Limits limits,
    List<Integer> registers) {
  public Kernel {
    parameters = List.copyOf(parameters);
    body = List.copyOf(body);
    registers = List.copyOf(registers);
  }

  /// The same kernel under another name.
  public Kernel named(String newName) {
    return new Kernel(
        newName,
        target,
        parameters,
        body,
        threads,
        sharedBytes,
        sharedAlignment,
        limits,
        registers);
  }

  /// The PTX module.
  public String ptx() {
    return new Printer(this).text();
  }

  /// True if it waits for the kernels before it, so that it may be launched while they run.
  public boolean startsEarly() {
    return contains(body, "griddepcontrol.wait");
  }

  private static boolean contains(List<Statement> body, String mnemonic) {
    return body.stream()
        .anyMatch(statement ->
            switch (statement) {
              case Statement.Line(var instr) -> instr.opcode().mnemonic().equals(mnemonic);
              case Statement.Comment _, Statement.Break _ -> false;
              case Statement.If(_, var then, var otherwise) ->
                  contains(then, mnemonic) || contains(otherwise, mnemonic);
              case Statement.Loop(var inner, _) -> contains(inner, mnemonic);
              case Statement.Switch(_, var cases) ->
                  cases.stream().anyMatch(inner -> contains(inner, mnemonic));
            });
  }

  /// What the assembler is told besides the code.
  ///
  /// @param blocksPerSm `.minnctapersm`: registers are limited so that as many blocks fit
  /// @param maxRegisters `.maxnreg`
  /// @param cluster blocks of a cluster, along x; 1 for none
  public record Limits(OptionalInt blocksPerSm, OptionalInt maxRegisters, int cluster) {
    public static final Limits NONE = new Limits(OptionalInt.empty(), OptionalInt.empty(), 1);
  }
}
