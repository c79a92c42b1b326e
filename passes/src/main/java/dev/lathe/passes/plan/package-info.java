/// From a fused graph to what an engine file holds: steps, buffers, launches, weights.
///
/// [dev.lathe.passes.plan.Planner] makes one plan a [dev.lathe.engine.v1.Profile]
/// ([dev.lathe.passes.plan.ProfileSet]): [dev.lathe.passes.plan.LowerToSteps] names what is
/// computed on which buffers, the kernel catalog says how, and [dev.lathe.passes.plan.PlanMemory]
/// gives each buffer its place. [dev.lathe.passes.plan.CompiledModel] is the result.
///
/// Invariants: a step reads what an earlier step wrote, or an input; two buffers that live at the
/// same step share no byte; names of steps and buffers are those of the model's places, and the
/// same in all profiles.
@NullMarked
package dev.lathe.passes.plan;

import org.jspecify.annotations.NullMarked;
