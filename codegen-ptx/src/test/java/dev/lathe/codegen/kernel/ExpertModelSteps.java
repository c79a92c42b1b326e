package dev.lathe.codegen.kernel;

import dev.lathe.codegen.kernel.ModelSteps.StepOfModel;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Profile;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.engine.v1.StepOp.Activation;
import dev.lathe.passes.select.StepContext;
import dev.lathe.passes.select.StepContext.Operand;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/// The steps of a mixture of experts, as a compiler would ask for their kernels.
///
/// @param width of an expert
record ExpertModelSteps(String name, DType dtype, int hidden, int experts, int topK, int width)
    implements RecordedModel {

  @Override
  public List<StepOfModel> steps(Profile profile, String target) {
    Map<Ref, Operand> operands = new HashMap<>();
    SizeExpr rows = SizeExpr.TOKENS;
    SizeExpr count = rows.times(topK);
    SizeExpr k = SizeExpr.of(topK);
    Ref logits = add(operands, "logits", DType.F32, rows, SizeExpr.of(experts));
    Ref chosen = add(operands, "chosen", DType.I32, rows, k);
    Ref weights = add(operands, "weights", DType.F32, rows, k);
    Ref places = add(operands, "places", DType.I32, rows, k);
    Ref order = add(operands, "rows", DType.I32, count);
    Ref starts = add(operands, "starts", DType.I32, SizeExpr.of(experts + 1));
    Ref in = add(operands, "in", dtype, rows, SizeExpr.of(hidden));
    Ref inner = add(operands, "inner", dtype, count, SizeExpr.of(width));
    Ref outer = add(operands, "outer", dtype, count, SizeExpr.of(hidden));
    Ref gateUp = weight(operands, "@gate_up", experts, 2L * width, hidden);
    Ref down = weight(operands, "@down", experts, hidden, width);
    Map<String, StepOp> ops = new LinkedHashMap<>();
    ops.put("route", new StepOp.RouteExperts(logits, true, chosen, weights));
    ops.put("group", new StepOp.GroupByExpert(chosen, places, order, starts));
    Activation gated = Activation.SWIGLU_INTERLEAVED;
    ops.put(
        "experts-gate-up",
        new StepOp.GroupedLinear(in, Optional.of(order), starts, gateUp, gated, inner));
    ops.put(
        "experts-down",
        new StepOp.GroupedLinear(inner, Optional.empty(), starts, down, Activation.NONE, outer));
    ops.put("combine", new StepOp.CombineExperts(outer, places, weights, Optional.of(in), in));
    StepContext context = new StepContext("step", profile, target, operands, 1);
    List<StepOfModel> steps = new ArrayList<>();
    ops.forEach((label, op) -> steps.add(new StepOfModel(label, op, context)));
    return steps;
  }

  private Ref weight(Map<Ref, Operand> operands, String name, long... shape) {
    return add(
        operands,
        name,
        dtype,
        LongStream.of(shape).mapToObj(SizeExpr::of).toArray(SizeExpr[]::new));
  }

  private static Ref add(Map<Ref, Operand> operands, String name, DType dtype, SizeExpr... shape) {
    operands.put(new Ref(name), new Operand(dtype, List.of(shape)));
    return new Ref(name);
  }
}
