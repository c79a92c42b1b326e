/// The CPU as a device: every [dev.lathe.engine.v1.StepOp] in plain float32 arithmetic.
///
/// It serves three ends: it runs engines where there is no GPU, it is the oracle that the tests of
/// every GPU kernel compare with, and it is small enough to be read as the definition of the ops.
/// Values are held as `float` throughout and rounded to the dtype of a buffer when they are stored,
/// so a bfloat16 plan gives bfloat16 results.
///
/// Invariants: the result of a row never depends on the other rows of the batch, on how the batch
/// was cut, or on the number of threads: every sum is taken in one fixed order.
///
/// Reading order: [dev.lathe.runtime.cpu.HostTensor], [dev.lathe.runtime.cpu.CpuOps] (one switch
/// over all ops), then one class a family (`MoveOps`, `NormOps`, `MatrixOps`, ...), then
/// [dev.lathe.runtime.cpu.CpuDevice]. Knows nothing of scheduling, text or CUDA.
@NullMarked
package dev.lathe.runtime.cpu;

import org.jspecify.annotations.NullMarked;
