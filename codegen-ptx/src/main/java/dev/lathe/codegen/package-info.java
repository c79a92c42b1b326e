/// Kernels for NVIDIA GPUs, generated as PTX.
///
/// Five layers, imports only downwards: `ptx.isa` (instructions as data), `ptx.asm` (kernels as
/// structured programs), `tile` (fragments, reductions, copies, conversions), `epilogue` (what is
/// done to a matrix product before it is stored), `kernel` (templates and the catalog that chooses
/// among them). `docs/add-a-kernel.md` is the way to add one.
@NullMarked
package dev.lathe.codegen;

import org.jspecify.annotations.NullMarked;
