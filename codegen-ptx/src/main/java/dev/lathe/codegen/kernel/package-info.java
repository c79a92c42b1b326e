/// L4: what a kernel template is. The families are packages below, the choice among them is
/// `dev.lathe.codegen.catalog`.
///
/// A [dev.lathe.codegen.kernel.KernelTemplate] carries out one kind of step: it says whether it
/// supports a given one (and if not, why), which configurations there are, what each would cost,
/// and emits the kernel. Where there is nothing to configure it is a
/// [dev.lathe.codegen.kernel.UntunedTemplate]. Kernels depend on a *problem* (a record of shapes
/// and dtypes), never on names of buffers, so that equal problems of many layers share one kernel.
/// What differs between them is the launch.
///
/// Invariants: a template has no state; one name of a kernel stands for one text.
@NullMarked
package dev.lathe.codegen.kernel;

import org.jspecify.annotations.NullMarked;
