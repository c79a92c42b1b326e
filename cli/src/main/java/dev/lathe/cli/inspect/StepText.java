package dev.lathe.cli.inspect;

import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.Operands;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.Step;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.engine.v1.StepOp.Activation;
import dev.lathe.engine.v1.StepOp.BinaryKind;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// What a step computes and how the GPU does it, each as one line. A weight has an `@` before its
/// name; everything else is a buffer.
final class StepText {
  private StepText() {}

  static String of(StepOp op) {
    return switch (op) {
      case StepOp.Embedding embedding ->
          embedding.out() + " = " + embedding.table() + "[" + embedding.ids() + "]";
      case StepOp.RmsNorm n ->
          n.out() + " = rms_norm(" + n.in() + ") * " + gain(n.weight(), n.weightOffset());
      case StepOp.AddRmsNorm n ->
          sum(n.sum(), n.in(), n.residual())
              + n.out()
              + " = rms_norm("
              + n.sum()
              + ") * "
              + gain(n.weight(), n.weightOffset());
      case StepOp.LayerNorm n ->
          n.out() + " = layer_norm(" + n.in() + ") * " + n.weight() + after(" + ", n.bias());
      case StepOp.AddLayerNorm n ->
          sum(n.sum(), n.in(), n.residual())
              + n.out()
              + " = layer_norm("
              + n.sum()
              + ") * "
              + n.weight()
              + after(" + ", n.bias());
      case StepOp.Linear linear -> linear(linear);
      case StepOp.LinearArgmax linear -> argmax(linear);
      case StepOp.SwiGlu swiGlu -> swiGlu.out() + " = silu(gate) * up of " + swiGlu.gateUp();
      case StepOp.RopeKvAppend rope -> rope(rope);
      case StepOp.PagedAttention attention -> attention(attention);
      case StepOp.GatherRows gather ->
          gather.out() + " = " + gather.in() + "[" + gather.rows() + "]";
      case StepOp.RouteExperts route ->
          route.experts() + ", " + route.weights() + " = top experts of " + route.logits();
      case StepOp.GroupByExpert group ->
          "%s, %s, %s = rows sorted by %s"
              .formatted(group.places(), group.rows(), group.starts(), group.experts());
      case StepOp.GroupedLinear linear -> grouped(linear);
      case StepOp.CombineExperts combine ->
          "%s = sum of %s * %s[%s]%s"
              .formatted(
                  combine.out(),
                  combine.weights(),
                  combine.in(),
                  combine.places(),
                  after(" + ", combine.residual()));
      case StepOp.Unary unary -> unary(unary);
      case StepOp.Binary binary ->
          binary.out() + " = " + binary.left() + sign(binary.kind()) + binary.right();
      case StepOp.AdjustLogits adjust ->
          adjust.logits() + " adjusted by penalties and biases, where a sequence has some";
      case StepOp.Sample sample -> sample.out() + " = sample(" + sample.logits() + ")";
      case StepOp.Custom custom ->
          names(custom.outputs()) + " = " + custom.name() + "(" + names(custom.inputs()) + ")";
    };
  }

  private static String gain(Ref weight, float offset) {
    return offset == 0 ? weight.toString() : "(" + offset + " + " + weight + ")";
  }

  private static String sum(Ref sum, Ref in, Ref residual) {
    return sum + " = " + in + " + " + residual + "; ";
  }

  private static String unary(StepOp.Unary unary) {
    String parameter = unary.parameter() == 0 ? "" : ", " + unary.parameter();
    return unary.out() + " = " + lower(unary.kind()) + "(" + unary.in() + parameter + ")";
  }

  private static String linear(StepOp.Linear linear) {
    String product = linear.in() + " * " + linear.weight() + "^T" + after(" + ", linear.bias());
    String activated = activated(linear.activation(), product);
    String scale = linear.scale() == 1 ? "" : linear.scale() + " * ";
    return linear.out() + " = " + scale + activated + after(" + ", linear.residual());
  }

  private static String argmax(StepOp.LinearArgmax linear) {
    String scale = linear.scale() == 1 ? "" : linear.scale() + " * ";
    String product = linear.in() + " * " + linear.weight() + "^T" + after(" + ", linear.bias());
    return linear.out() + " = argmax(" + scale + product + ")";
  }

  private static String grouped(StepOp.GroupedLinear linear) {
    String in = linear.in() + linear.rows().map(rows -> "[" + rows + "]").orElse("");
    String product = in + " * " + linear.weight() + "[expert]^T";
    return linear.out() + " = " + activated(linear.activation(), product);
  }

  private static String activated(Activation activation, String product) {
    if (activation.function().isEmpty()) {
      return product;
    }
    String function = lower(activation.function().get());
    return (activation.gates() ? "gated_" : "") + function + "(" + product + ")";
  }

  private static String rope(StepOp.RopeKvAppend rope) {
    String rotated = rope.rotary().isPresent() ? "rotated " : "";
    String normalised = rope.queryNorm().isPresent() ? "normalised, " : "";
    return rope.query()
        + " = "
        + normalised
        + rotated
        + "q of "
        + rope.qkv()
        + "; k, v to "
        + rope.keyCache()
        + ", "
        + rope.valueCache();
  }

  private static String attention(StepOp.PagedAttention attention) {
    String window = attention.window() == 0 ? "" : ", last " + attention.window() + " tokens";
    String cap = attention.softCap() == 0 ? "" : ", scores within " + attention.softCap();
    String slopes = after(", slopes ", attention.slopes());
    String direction = attention.causal() ? "" : ", both directions";
    return attention.out()
        + " = attention("
        + attention.query()
        + ", "
        + attention.keyCache()
        + ", "
        + attention.valueCache()
        + window
        + cap
        + slopes
        + direction
        + ")";
  }

  private static String sign(BinaryKind kind) {
    return switch (kind) {
      case ADD -> " + ";
      case MULTIPLY -> " * ";
    };
  }

  private static String after(String sign, Optional<Ref> operand) {
    return operand.map(ref -> sign + ref).orElse("");
  }

  private static String names(List<Ref> refs) {
    return refs.stream().map(Ref::name).collect(Collectors.joining(", "));
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /// The launches of a step: `linear_skinny_bf16 [ceil(T/64), 32, 1]`, or that there are none.
  static String launches(Step step) {
    return step.launches().isEmpty()
        ? "-"
        : step.launches().stream().map(StepText::launch).collect(Collectors.joining(", "));
  }

  private static String launch(Launch launch) {
    return launch.kernel() + " " + blocks(launch);
  }

  /// The blocks of a launch: `[ceil(T/64), 32, 1]`.
  static String blocks(Launch launch) {
    return "["
        + launch.gridX().text()
        + ", "
        + launch.gridY().text()
        + ", "
        + launch.gridZ().text()
        + "]";
  }

  /// Names of the weights that an op reads, in the order of its operands.
  static List<String> weights(StepOp op) {
    return Operands.of(op).stream().filter(Ref::isWeight).map(Ref::weightName).toList();
  }
}
