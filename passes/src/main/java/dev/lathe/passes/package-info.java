/// From an imported graph to plans: the compiler's middle.
///
/// [dev.lathe.passes.Pipeline] is the table of contents. A [dev.lathe.passes.Pass] maps a graph to
/// a graph and has no state; [dev.lathe.passes.PassManager] runs, verifies, times and dumps each
/// one. Most passes are sets of rules (package `rewrite`), one class a rule (`canonical`, `fuse`).
/// Package `plan` then turns the graph into steps, buffers and launches; `select` is the port
/// through which it asks for kernels.
///
/// Must not know: files of checkpoints, PTX, devices.
@NullMarked
package dev.lathe.passes;

import org.jspecify.annotations.NullMarked;
