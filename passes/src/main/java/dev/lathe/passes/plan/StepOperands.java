package dev.lathe.passes.plan;

import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.engine.v1.StepOp.AddLayerNorm;
import dev.lathe.engine.v1.StepOp.AddRmsNorm;
import dev.lathe.engine.v1.StepOp.AdjustLogits;
import dev.lathe.engine.v1.StepOp.Binary;
import dev.lathe.engine.v1.StepOp.CombineExperts;
import dev.lathe.engine.v1.StepOp.Custom;
import dev.lathe.engine.v1.StepOp.Embedding;
import dev.lathe.engine.v1.StepOp.GatherRows;
import dev.lathe.engine.v1.StepOp.GroupByExpert;
import dev.lathe.engine.v1.StepOp.GroupedLinear;
import dev.lathe.engine.v1.StepOp.LayerNorm;
import dev.lathe.engine.v1.StepOp.Linear;
import dev.lathe.engine.v1.StepOp.LinearArgmax;
import dev.lathe.engine.v1.StepOp.PagedAttention;
import dev.lathe.engine.v1.StepOp.RmsNorm;
import dev.lathe.engine.v1.StepOp.RopeKvAppend;
import dev.lathe.engine.v1.StepOp.Rotary;
import dev.lathe.engine.v1.StepOp.RouteExperts;
import dev.lathe.engine.v1.StepOp.Sample;
import dev.lathe.engine.v1.StepOp.SwiGlu;
import dev.lathe.engine.v1.StepOp.Unary;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a step reads and writes.
///
/// @param reads weights, buffers and caches
/// @param writes buffers and caches; one that is changed in place is in both lists
public record StepOperands(List<Ref> reads, List<Ref> writes) {
  public StepOperands {
    reads = List.copyOf(reads);
    writes = List.copyOf(writes);
  }

  /// All operands, each once.
  public Set<Ref> all() {
    Set<Ref> all = new LinkedHashSet<>(reads);
    all.addAll(writes);
    return all;
  }

  public static StepOperands of(StepOp op) {
    return switch (op) {
      case Embedding e -> new StepOperands(List.of(e.ids(), e.table()), List.of(e.out()));
      case RmsNorm n -> new StepOperands(List.of(n.in(), n.weight()), List.of(n.out()));
      case AddRmsNorm n ->
          new StepOperands(List.of(n.in(), n.residual(), n.weight()), List.of(n.sum(), n.out()));
      case LayerNorm n ->
          new StepOperands(with(List.of(n.in(), n.weight()), n.bias()), List.of(n.out()));
      case AddLayerNorm n ->
          new StepOperands(
              with(List.of(n.in(), n.residual(), n.weight()), n.bias()), List.of(n.sum(), n.out()));
      case Linear l ->
          new StepOperands(
              with(List.of(l.in(), l.weight()), l.bias(), l.residual()), List.of(l.out()));
      case LinearArgmax l ->
          new StepOperands(with(List.of(l.in(), l.weight()), l.bias()), List.of(l.out()));
      case SwiGlu s -> new StepOperands(List.of(s.gateUp()), List.of(s.out()));
      case RopeKvAppend r -> of(r);
      case PagedAttention a -> of(a);
      case GatherRows g -> new StepOperands(List.of(g.in(), g.rows()), List.of(g.out()));
      case RouteExperts r ->
          new StepOperands(List.of(r.logits()), List.of(r.experts(), r.weights()));
      case GroupByExpert g ->
          new StepOperands(List.of(g.experts()), List.of(g.places(), g.rows(), g.starts()));
      case GroupedLinear g ->
          new StepOperands(
              with(List.of(g.in(), g.starts(), g.weight()), g.rows()), List.of(g.out()));
      case CombineExperts c ->
          new StepOperands(
              with(List.of(c.in(), c.places(), c.weights()), c.residual()), List.of(c.out()));
      case Unary u -> new StepOperands(List.of(u.in()), List.of(u.out()));
      case Binary b -> new StepOperands(List.of(b.left(), b.right()), List.of(b.out()));
      case AdjustLogits a -> of(a);
      case Sample s -> of(s);
      case Custom c -> new StepOperands(c.inputs(), c.outputs());
    };
  }

  private static StepOperands of(RopeKvAppend op) {
    return new StepOperands(
        with(
            List.of(op.qkv(), op.positions(), op.slots()),
            op.rotary().map(Rotary::table),
            op.queryNorm(),
            op.keyNorm()),
        List.of(op.query(), op.keyCache(), op.valueCache()));
  }

  private static StepOperands of(PagedAttention op) {
    return new StepOperands(
        with(
            List.of(
                op.query(),
                op.keyCache(),
                op.valueCache(),
                op.queryStarts(),
                op.contextLengths(),
                op.blockTables()),
            op.slopes()),
        List.of(op.out()));
  }

  private static StepOperands of(AdjustLogits op) {
    return new StepOperands(
        List.of(
            op.logits(),
            op.starts(),
            op.tokens(),
            op.counts(),
            op.biases(),
            op.repetition(),
            op.presence(),
            op.frequency()),
        List.of(op.logits()));
  }

  private static StepOperands of(Sample op) {
    return new StepOperands(
        List.of(
            op.logits(),
            op.temperatures(),
            op.topK(),
            op.topP(),
            op.minP(),
            op.seeds(),
            op.draws()),
        List.of(op.out()));
  }

  @SafeVarargs
  private static List<Ref> with(List<Ref> always, Optional<Ref>... sometimes) {
    List<Ref> refs = new ArrayList<>(always);
    for (Optional<Ref> ref : sometimes) {
      ref.ifPresent(refs::add);
    }
    return refs;
  }
}
