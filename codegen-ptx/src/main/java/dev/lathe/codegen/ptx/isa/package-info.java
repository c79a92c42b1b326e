/// L0: the instructions of PTX, as data.
///
/// [dev.lathe.codegen.ptx.isa.Isa] is a table of [dev.lathe.codegen.ptx.isa.Form]s: a pattern of
/// mnemonics, the operands it takes, the types it exists for, and the least GPU and PTX version
/// that have it. [dev.lathe.codegen.ptx.isa.Isa#instr] checks operands against the table, so an
/// [dev.lathe.codegen.ptx.isa.Instr] that exists is one that an assembler accepts.
///
/// Reading order: PtxType, Operand, Reg, Form, Isa, Instr. Knows nothing of kernels.
///
/// Source: PTX ISA 9.0.
@NullMarked
package dev.lathe.codegen.ptx.isa;

import org.jspecify.annotations.NullMarked;
