package dev.lathe.runtime.cpu;

import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The operands that a step names, results included.
final class StepOperands {
  private StepOperands() {}

  static List<Ref> of(StepOp op) {
    return switch (op) {
      case StepOp.Embedding(Ref ids, Ref table, Ref out) -> List.of(ids, table, out);
      case StepOp.RmsNorm(Ref in, Ref weight, Ref out, _, _, _) -> List.of(in, weight, out);
      case StepOp.AddRmsNorm(Ref in, Ref residual, Ref weight, Ref sum, Ref out, _, _) ->
          List.of(in, residual, weight, sum, out);
      case StepOp.LayerNorm(Ref in, Ref weight, Optional<Ref> bias, Ref out, _) ->
          with(List.of(in, weight, out), List.of(bias));
      case StepOp.AddLayerNorm(
              Ref in,
              Ref residual,
              Ref weight,
              Optional<Ref> bias,
              Ref sum,
              Ref out,
              _) ->
          with(List.of(in, residual, weight, sum, out), List.of(bias));
      case StepOp.Linear step ->
          with(
              List.of(step.in(), step.weight(), step.out()), List.of(step.bias(), step.residual()));
      case StepOp.LinearArgmax(Ref in, Ref weight, Optional<Ref> bias, _, Ref out) ->
          with(List.of(in, weight, out), List.of(bias));
      case StepOp.SwiGlu(Ref gateUp, Ref out) -> List.of(gateUp, out);
      case StepOp.RopeKvAppend step ->
          with(
              List.of(
                  step.qkv(),
                  step.positions(),
                  step.slots(),
                  step.keyCache(),
                  step.valueCache(),
                  step.query()),
              List.of(step.queryNorm(), step.keyNorm(), step.rotary().map(StepOp.Rotary::table)));
      case StepOp.PagedAttention step ->
          with(
              List.of(
                  step.query(),
                  step.keyCache(),
                  step.valueCache(),
                  step.queryStarts(),
                  step.contextLengths(),
                  step.blockTables(),
                  step.out()),
              List.of(step.slopes()));
      case StepOp.GatherRows(Ref in, Ref rows, Ref out) -> List.of(in, rows, out);
      case StepOp.RouteExperts(Ref logits, _, Ref experts, Ref weights) ->
          List.of(logits, experts, weights);
      case StepOp.GroupByExpert(Ref experts, Ref places, Ref rows, Ref starts) ->
          List.of(experts, places, rows, starts);
      case StepOp.GroupedLinear(Ref in, Optional<Ref> rows, Ref starts, Ref weight, _, Ref out) ->
          with(List.of(in, starts, weight, out), List.of(rows));
      case StepOp.CombineExperts(
              Ref in,
              Ref places,
              Ref weights,
              Optional<Ref> residual,
              Ref out) ->
          with(List.of(in, places, weights, out), List.of(residual));
      case StepOp.Unary(_, _, Ref in, Ref out) -> List.of(in, out);
      case StepOp.Binary(_, Ref left, Ref right, Ref out) -> List.of(left, right, out);
      case StepOp.AdjustLogits step ->
          List.of(
              step.logits(),
              step.starts(),
              step.tokens(),
              step.counts(),
              step.biases(),
              step.repetition(),
              step.presence(),
              step.frequency());
      case StepOp.Sample step ->
          List.of(
              step.logits(),
              step.temperatures(),
              step.topK(),
              step.topP(),
              step.minP(),
              step.seeds(),
              step.draws(),
              step.out());
      case StepOp.Custom step ->
          Stream.concat(step.inputs().stream(), step.outputs().stream()).toList();
    };
  }

  private static List<Ref> with(List<Ref> refs, List<Optional<Ref>> more) {
    return Stream.concat(refs.stream(), more.stream().flatMap(Optional::stream)).toList();
  }
}
