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

  /// The PTX module.
  public String ptx() {
    return new Printer(this).text();
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
