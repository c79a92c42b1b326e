/// From PTX text to machine code, and what the assembler says about it.
///
/// [dev.lathe.codegen.link.PtxAssembler] is the port; [dev.lathe.codegen.link.PtxasAssembler] runs
/// the `ptxas` program of a CUDA toolkit.
@NullMarked
package dev.lathe.codegen.link;

import org.jspecify.annotations.NullMarked;
