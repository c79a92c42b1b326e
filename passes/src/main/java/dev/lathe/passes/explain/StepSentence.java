package dev.lathe.passes.explain;

import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.engine.v1.StepOp.Activation;
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
import dev.lathe.engine.v1.StepOp.Heads;
import dev.lathe.engine.v1.StepOp.LayerNorm;
import dev.lathe.engine.v1.StepOp.Linear;
import dev.lathe.engine.v1.StepOp.LinearArgmax;
import dev.lathe.engine.v1.StepOp.PagedAttention;
import dev.lathe.engine.v1.StepOp.RmsNorm;
import dev.lathe.engine.v1.StepOp.RopeKvAppend;
import dev.lathe.engine.v1.StepOp.RouteExperts;
import dev.lathe.engine.v1.StepOp.Sample;
import dev.lathe.engine.v1.StepOp.SwiGlu;
import dev.lathe.engine.v1.StepOp.Unary;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// What a step does, in words for one who does not know the names of the ops.
final class StepSentence {
  private final Plan plan;
  private final UnaryOperator<String> weightShape;

  /// @param weightShape of a weight by name: `(4096 x 4096) bf16`
  StepSentence(Plan plan, UnaryOperator<String> weightShape) {
    this.plan = plan;
    this.weightShape = weightShape;
  }

  String of(StepOp op) {
    return switch (op) {
      case Embedding e -> "looks up the row of " + weight(e.table()) + " for each token";
      case RmsNorm n -> "scales each " + span(n) + " to a root mean square of 1, times its weight";
      case AddRmsNorm _ ->
          "adds the residual stream, then scales each row to a root mean square of 1";
      case LayerNorm n -> "brings each row to mean 0 and variance 1, times " + shifted(n.bias());
      case AddLayerNorm n ->
          "adds the residual stream, then brings each row to mean 0 and variance 1, times "
              + shifted(n.bias());
      case Linear linear -> linear(linear);
      case LinearArgmax argmax ->
          "multiplies by "
              + weight(argmax.weight())
              + ", and keeps the token of each row's greatest logit alone";
      case SwiGlu _ -> "gates: silu(left half) * right half";
      case RopeKvAppend append -> append(append);
      case PagedAttention a -> "lets each token attend to " + reach(a) + ": " + heads(a.heads());
      case GatherRows _ -> "keeps the rows whose logits are asked for";
      case RouteExperts route ->
          "chooses %s of %s experts for each row, and their weights"
              .formatted(columns(route.experts()), columns(route.logits()));
      case GroupByExpert _ -> "sorts the rows by expert, so that those of one lie together";
      case GroupedLinear g ->
          "multiplies the rows of each expert by its part of "
              + weight(g.weight())
              + activated(g.activation());
      case CombineExperts c ->
          "sums the results of each row's experts by their weights"
              + residual(c.residual(), c.out());
      case Unary unary -> unary(unary);
      case Binary b ->
          switch (b.kind()) {
            case ADD -> "adds two matrices";
            case MULTIPLY -> "multiplies two matrices element by element";
          };
      case AdjustLogits _ -> "applies penalties and biases to the logits of chosen tokens";
      case Sample _ -> "draws a token from each row of logits";
      case Custom custom -> "does what the plugin op " + custom.name() + " means";
    };
  }

  private String span(RmsNorm norm) {
    boolean isRow = columns(norm.in()).equals(Integer.toString(norm.group()));
    return isRow ? "row" : "group of " + norm.group() + " columns";
  }

  private String columns(Ref buffer) {
    return plan.buffer(buffer.name()).shape().getLast().text();
  }

  private String linear(Linear linear) {
    String bias = linear.bias().isPresent() ? ", adds a bias" : "";
    String scale = linear.scale() == 1 ? "" : ", scales by " + linear.scale();
    return "multiplies by "
        + weight(linear.weight())
        + bias
        + activated(linear.activation())
        + scale
        + residual(linear.residual(), linear.out());
  }

  private static String activated(Activation activation) {
    String gate = activation.gates() ? ", gates: %s(gate) * up" : ", applies %s";
    return activation.function().map(function -> gate.formatted(name(function))).orElse("");
  }

  private static String residual(Optional<Ref> residual, Ref out) {
    return residual
        .map(ref -> ref.equals(out) ? " in place" : "")
        .map(how -> ", adds the residual stream" + how)
        .orElse("");
  }

  private static String shifted(Optional<Ref> bias) {
    return bias.isPresent() ? "its weight, plus its bias" : "its weight";
  }

  private static String unary(Unary unary) {
    return switch (unary.kind()) {
      case SILU, RELU, GELU, GELU_TANH, GELU_QUICK ->
          "applies " + name(unary.kind()) + " to each element";
      case SCALE -> "multiplies each element by " + unary.parameter();
      case SOFT_CAP ->
          "bends each element into the range of -%s to %1$s".formatted(unary.parameter());
    };
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static String append(RopeKvAppend append) {
    boolean hasNorm = append.queryNorm().isPresent() || append.keyNorm().isPresent();
    String norm = hasNorm ? "normalises the heads of queries and keys, " : "";
    String rotary = append.rotary().isPresent() ? "rotates them by their positions, " : "";
    return "takes queries, keys and values apart, "
        + norm
        + rotary
        + "appends keys and values to the KV cache";
  }

  private static String reach(PagedAttention attention) {
    if (!attention.causal()) {
      return "all tokens of its sequence";
    }
    String near = attention.slopes().isPresent() ? ", near ones more" : "";
    return attention.window() == 0
        ? "all tokens before it" + near
        : "the " + attention.window() + " tokens up to it" + near;
  }

  private static String heads(Heads heads) {
    return "%d query heads over %d KV heads of %d"
        .formatted(heads.query(), heads.keyValue(), heads.headDim());
  }

  private String weight(Ref ref) {
    return ref + " " + weightShape.apply(ref.weightName());
  }
}
