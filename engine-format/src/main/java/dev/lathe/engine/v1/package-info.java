/// The engine file, version 1: what a compiler writes and a loader runs.
///
/// A [dev.lathe.engine.v1.Plan] is the contract between the two halves of the project. Each
/// [dev.lathe.engine.v1.Step] says what it computes (a [dev.lathe.engine.v1.StepOp]) and how the
/// GPU does it (launches of kernels), so that the same engine also runs on the CPU, and a kernel is
/// tested by running one step on both.
///
/// Reading order: StepOp, Step, Launch, Buffer, Plan, Manifest. Types here are wire types: frozen
/// at the first release, apart from the graph IR, which stays free to change.
@NullMarked
package dev.lathe.engine.v1;

import org.jspecify.annotations.NullMarked;
