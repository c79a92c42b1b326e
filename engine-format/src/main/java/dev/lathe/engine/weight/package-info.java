/// Weights as expressions over checkpoint tensors.
///
/// Passes only build [dev.lathe.engine.weight.WeightExpr]s; the engine writer evaluates them, one
/// weight at a time, straight into the file. Refit evaluates the same expressions over another
/// checkpoint. Reading order: WeightExpr, TensorSource, then the evaluator.
@NullMarked
package dev.lathe.engine.weight;

import org.jspecify.annotations.NullMarked;
