package dev.lathe.passes.plan;

import dev.lathe.engine.v1.BatchInput;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.ir.MatrixOp.Linear;
import java.util.Optional;
import java.util.function.BiConsumer;

/// The steps that choose tokens.
///
/// @param add takes the name of a step and the step
record TokenSteps(StepBuffers buffers, BiConsumer<String, StepOp> add) {

  /// As each row of the batch wants it.
  void choose(Ref logits) {
    add.accept(
        "adjust_logits",
        new StepOp.AdjustLogits(
            logits,
            buffers.input(BatchInput.ADJUSTMENT_STARTS),
            buffers.input(BatchInput.ADJUSTMENT_TOKENS),
            buffers.input(BatchInput.ADJUSTMENT_COUNTS),
            buffers.input(BatchInput.ADJUSTMENT_BIASES),
            buffers.input(BatchInput.REPETITION_PENALTIES),
            buffers.input(BatchInput.PRESENCE_PENALTIES),
            buffers.input(BatchInput.FREQUENCY_PENALTIES)));
    add.accept(
        "sample",
        new StepOp.Sample(
            logits,
            buffers.input(BatchInput.TEMPERATURES),
            buffers.input(BatchInput.TOP_K),
            buffers.input(BatchInput.TOP_P),
            buffers.input(BatchInput.MIN_P),
            buffers.input(BatchInput.SEEDS),
            buffers.input(BatchInput.DRAWS),
            buffers.tokens()));
  }

  /// The greatest result of each row of a product.
  void chooseGreatest(String name, Linear product) {
    Optional<Ref> bias = product.bias().map(buffers::read);
    add.accept(
        name,
        new StepOp.LinearArgmax(
            buffers.read(product.in()),
            buffers.read(product.weight()),
            bias,
            product.scale(),
            buffers.tokens()));
  }
}
