/// Every kernel against the CPU: one step at a time, on the same operands.
///
/// A [dev.lathe.tests.kernel.StepCase] is a step with operands. [dev.lathe.tests.kernel.StepCheck]
/// lays the operands out in one image of the GPU's memory, lets a
/// [dev.lathe.tests.kernel.StepRunner] change it, and compares what the step writes with what
/// `runtime.cpu` computes; the rest of the image must be as before. [dev.lathe.tests.kernel.Family]
/// lists the cases. Each family runs in a process of its own
/// ([dev.lathe.tests.kernel.KernelCheckMain]), since a kernel that faults takes its process's GPU
/// context with it.
@NullMarked
package dev.lathe.tests.kernel;

import org.jspecify.annotations.NullMarked;
