package dev.lathe.passes.plan;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.ir.MoeOp.Experts;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import java.util.Optional;
import java.util.function.BiConsumer;

/// The steps of a mixture of experts: experts are chosen, rows are sorted by expert, multiplied
/// twice in that order, and brought back.
///
/// @param steps takes each step with its name
record ExpertSteps(StepBuffers buffers, BiConsumer<String, StepOp> steps) {

  void lower(String name, Experts op, Value result) {
    TensorType gateUp = op.gateUp().type();
    TensorType down = op.down().type();
    DType dtype = op.in().type().dtype();
    SizeExpr rows = op.in().type().dim(0).size();
    SizeExpr assignments = rows.times(op.topK());
    SizeExpr topK = SizeExpr.of(op.topK());

    Ref experts = buffers.scratch(DType.I32, name + ".chosen", rows, topK);
    Ref weights = buffers.scratch(DType.F32, name + ".weights", rows, topK);
    steps.accept(
        name + ".route",
        new StepOp.RouteExperts(buffers.read(op.logits()), op.normalise(), experts, weights));

    Ref places = buffers.scratch(DType.I32, name + ".places", rows, topK);
    Ref order = buffers.scratch(DType.I32, name + ".rows", assignments);
    SizeExpr bounds = SizeExpr.of(gateUp.shape().constant(0) + 1);
    Ref starts = buffers.scratch(DType.I32, name + ".starts", bounds);
    steps.accept(name + ".group", new StepOp.GroupByExpert(experts, places, order, starts));

    StepOp.Activation activation = StepOp.Activation.valueOf(op.activation().name());
    Ref in = buffers.read(op.in());
    Ref gateUpWeight = buffers.read(op.gateUp());
    Ref inner = buffers.scratch(dtype, name + ".inner", assignments, SizeExpr.of(down.columns()));
    steps.accept(
        name + ".gate_up",
        new StepOp.GroupedLinear(in, Optional.of(order), starts, gateUpWeight, activation, inner));

    Ref outer = buffers.scratch(dtype, name + ".outer", assignments, SizeExpr.of(gateUp.columns()));
    steps.accept(
        name + ".down",
        new StepOp.GroupedLinear(
            inner,
            Optional.empty(),
            starts,
            buffers.read(op.down()),
            StepOp.Activation.NONE,
            outer));

    Optional<Ref> residual = op.residual().map(buffers::read);
    Ref out =
        op.residual()
            .map(value -> buffers.writeOver(value, result, name))
            .orElseGet(() -> buffers.write(result, name));
    steps.accept(name, new StepOp.CombineExperts(outer, places, weights, residual, out));
  }
}
