/// Every configuration of every template, run in the simulator against the meaning of its step.
///
/// [dev.lathe.codegen.kernel.StepMeaning] says in plain Java what a step computes;
/// [dev.lathe.codegen.kernel.StepBench] holds operands and runs candidates of the catalog on them.
/// A new kernel needs no new code here, but cases that reach its corners.
@NullMarked
package dev.lathe.codegen.kernel;

import org.jspecify.annotations.NullMarked;
