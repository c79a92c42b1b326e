/// Choice of kernels by measurement.
///
/// [dev.lathe.passes.tune.Tuner] takes the steps of all profiles. Most are repeated in every layer:
/// [dev.lathe.passes.tune.ProblemText] says what a step computes without the names of its operands,
/// and each problem is decided once. [dev.lathe.passes.tune.Contest] keeps the candidates whose
/// estimates are good enough; times come from the [dev.lathe.passes.tune.TimingCache], or from the
/// port [dev.lathe.passes.tune.CandidateTimer] while there is time left.
/// [dev.lathe.passes.tune.TunedCatalog] then answers the planner.
///
/// Invariant: given the same times, choices are the same, and so are the bytes of the engine.
///
/// Must not know: GPUs, files.
@NullMarked
package dev.lathe.passes.tune;

import org.jspecify.annotations.NullMarked;
