/// L1: kernels as structured programs of checked instructions.
///
/// [dev.lathe.codegen.ptx.asm.KernelBuilder] hands out virtual registers, records instructions into
/// a tree of [dev.lathe.codegen.ptx.asm.Statement]s (if, loop, break, no jumps), lays out
/// parameters and shared memory. [dev.lathe.codegen.ptx.asm.Verifier] rejects what an assembler
/// would accept and a GPU would not forgive; [dev.lathe.codegen.ptx.asm.Printer] writes PTX.
///
/// The instructions are methods of the builder, by theme: IntegerOps, FloatOps, MemoryOps, WarpOps,
/// AsyncOps, MatrixOps. Whatever has no method is still there as `emit(mnemonic, operands)`.
///
/// Invariants: one module has one kernel; all shared memory is dynamic, one arena named `smem`.
@NullMarked
package dev.lathe.codegen.ptx.asm;

import org.jspecify.annotations.NullMarked;
