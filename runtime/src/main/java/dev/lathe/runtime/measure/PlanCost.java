package dev.lathe.runtime.measure;

import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Buffer;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Operands;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.Step;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.engine.v1.WeightEntry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The least that the steps of a plan must move and compute: each operand once, and nothing that a
/// step keeps to itself. Where kernels reread, they move more than that.
public final class PlanCost {
  private static final int KEYS_AND_VALUES = 2;
  private static final int MULTIPLY_AND_ADD = 2;

  private final Plan plan;
  private final Manifest.KvCache kvCache;
  private final Map<String, WeightEntry> weights = new HashMap<>();
  private final Map<String, Buffer> buffers = new HashMap<>();

  public PlanCost(Manifest manifest, Plan plan) {
    this.plan = plan;
    this.kvCache = manifest.kvCache();
    manifest.weights().forEach(weight -> weights.put(weight.name(), weight));
    plan.buffers().forEach(buffer -> buffers.put(buffer.name(), buffer));
  }

  /// Cost of all steps.
  public Cost total(Workload load) {
    return plan.steps().stream().map(step -> of(step, load)).reduce(Cost.NONE, Cost::plus);
  }

  /// Cost of one step.
  public Cost of(Step step, Workload load) {
    return switch (step.op()) {
      case StepOp.Embedding embedding -> moved(embedding, load.sizes(), List.of(embedding.table()));
      case StepOp.RopeKvAppend rope -> append(rope, load.sizes());
      case StepOp.PagedAttention attention -> attention(attention, load);
      case StepOp.Linear linear -> product(linear, load.sizes());
      case StepOp.LinearArgmax linear -> product(linear, load.sizes());
      case StepOp.GroupedLinear linear -> grouped(linear, load.sizes());
      case StepOp.GatherRows gather ->
          new Cost(0, 2 * activationBytes(gather.out(), load.sizes()), 0, 0, 0);
      // Only what is adjusted is touched, and most batches adjust nothing.
      case StepOp.AdjustLogits _ -> Cost.NONE;
      case StepOp.RmsNorm _,
          StepOp.AddRmsNorm _,
          StepOp.LayerNorm _,
          StepOp.AddLayerNorm _,
          StepOp.SwiGlu _,
          StepOp.Unary _,
          StepOp.Binary _,
          StepOp.Sample _,
          StepOp.RouteExperts _,
          StepOp.GroupByExpert _,
          StepOp.CombineExperts _,
          StepOp.Custom _ ->
          moved(step.op(), load.sizes(), List.of());
    };
  }

  /// Every operand once.
  ///
  /// @param tables weights of which each token needs one row
  private Cost moved(StepOp op, Sizes sizes, List<Ref> tables) {
    double weightBytes = 0;
    double activationBytes = 0;
    for (Ref ref : Operands.of(op)) {
      if (ref.isWeight()) {
        WeightEntry weight = weight(ref);
        weightBytes += tables.contains(ref) ? rows(weight, sizes.tokens()) : weight.bytes();
      } else {
        activationBytes += activationBytes(ref, sizes);
      }
    }
    return new Cost(weightBytes, activationBytes, 0, 0, 0);
  }

  private WeightEntry weight(Ref ref) {
    WeightEntry weight = weights.get(ref.weightName());
    if (weight == null) {
      throw new IllegalStateException("the engine has no weight " + ref);
    }
    return weight;
  }

  private static double rows(WeightEntry table, long tokens) {
    long all = table.shape().getFirst();
    return (double) table.bytes() / all * Math.min(all, tokens);
  }

  /// Bytes of a buffer; 0 for a KV cache.
  private double activationBytes(Ref ref, Sizes sizes) {
    Buffer buffer = buffers.get(ref.name());
    if (buffer == null) {
      throw new IllegalStateException("the plan has no buffer " + ref);
    }
    return buffer.storage() instanceof Buffer.Storage.KvCache ? 0 : buffer.bytes(sizes);
  }

  private Cost product(StepOp.Product linear, Sizes sizes) {
    List<Long> shape = weight(linear.weight()).shape();
    double rows = (double) plan.buffer(linear.in().name()).elements(sizes) / shape.get(1);
    double flops = MULTIPLY_AND_ADD * rows * shape.get(0) * shape.get(1);
    return moved(linear, sizes, List.of()).plus(new Cost(0, 0, 0, flops, 0));
  }

  /// Of the experts as many as there are rows, if there are fewer of them.
  private Cost grouped(StepOp.GroupedLinear linear, Sizes sizes) {
    List<Long> shape = weight(linear.weight()).shape();
    double rows = plan.buffer(linear.out().name()).shape().getFirst().evaluate(sizes);
    double flops = MULTIPLY_AND_ADD * rows * shape.get(1) * shape.get(2);
    double weightBytes = rows(weight(linear.weight()), (long) rows);
    double others =
        Operands.of(linear).stream()
            .filter(ref -> !ref.isWeight())
            .mapToDouble(ref -> activationBytes(ref, sizes))
            .sum();
    return new Cost(weightBytes, others, 0, flops, 0);
  }

  private Cost append(StepOp.RopeKvAppend rope, Sizes sizes) {
    List<Ref> tables = rope.rotary().map(rotary -> List.of(rotary.table())).orElse(List.of());
    double cacheBytes = sizes.tokens() * cacheBytesOfToken(rope.heads());
    return moved(rope, sizes, tables).plus(new Cost(0, 0, cacheBytes, 0, 0));
  }

  private Cost attention(StepOp.PagedAttention attention, Workload load) {
    StepOp.Heads heads = attention.heads();
    double cacheBytes = load.keysRead(attention.window()) * cacheBytesOfToken(heads);
    double pairs = load.pairs(attention.window(), attention.causal());
    double products = 2 * pairs * heads.query() * heads.headDim();
    return moved(attention, load.sizes(), List.of())
        .plus(new Cost(0, 0, cacheBytes, 0, MULTIPLY_AND_ADD * products));
  }

  private double cacheBytesOfToken(StepOp.Heads heads) {
    return (double) KEYS_AND_VALUES * heads.keyValue() * heads.headDim() * kvCache.dtype().bytes();
  }
}
