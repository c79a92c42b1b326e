package dev.lathe.cli.bench;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Buffer;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.engine.v1.WeightEntry;
import dev.lathe.runtime.measure.Workload;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// What a step does, for a table, and which operation of PyTorch comes next to it.
///
/// @param op kind of step: `Linear`
/// @param shape of what it works on: `(8, 4096) x (6144, 4096)`
/// @param torch the same in PyTorch, or the greater part of it; empty where there is no such thing
record StepDescription(String op, String shape, Optional<TorchOperation> torch) {

  static StepDescription of(StepOp op, Plan plan, Manifest manifest, Workload load) {
    Describer describer = new Describer(plan, manifest, load);
    return new StepDescription(
        op.getClass().getSimpleName(),
        describer.shape(op),
        describer.torch(op).filter(TorchOperation::isKnown));
  }

  private record Describer(Plan plan, Manifest manifest, Workload load) {

    private Sizes sizes() {
      return load.sizes();
    }

    private String shape(StepOp op) {
      return switch (op) {
        case StepOp.Embedding embedding -> dims(embedding.out()) + " of " + dims(embedding.table());
        case StepOp.RmsNorm norm -> dims(norm.in());
        case StepOp.AddRmsNorm norm -> dims(norm.in());
        case StepOp.LayerNorm norm -> dims(norm.in());
        case StepOp.AddLayerNorm norm -> dims(norm.in());
        case StepOp.Linear linear -> dims(linear.in()) + " x " + dims(linear.weight());
        case StepOp.LinearArgmax linear -> dims(linear.in()) + " x " + dims(linear.weight());
        case StepOp.SwiGlu swiGlu -> dims(swiGlu.gateUp());
        case StepOp.RopeKvAppend rope -> dims(rope.qkv());
        case StepOp.PagedAttention attention -> attentionShape(attention);
        case StepOp.GatherRows gather -> dims(gather.out()) + " of " + dims(gather.in());
        case StepOp.RouteExperts route -> dims(route.experts()) + " of " + dims(route.logits());
        case StepOp.GroupByExpert group -> dims(group.experts());
        case StepOp.GroupedLinear linear -> dims(linear.out()) + " by " + dims(linear.weight());
        case StepOp.CombineExperts combine -> dims(combine.in()) + " to " + dims(combine.out());
        case StepOp.Unary unary -> dims(unary.in());
        case StepOp.Binary binary -> dims(binary.left());
        case StepOp.AdjustLogits adjust -> dims(adjust.logits());
        case StepOp.Sample sample -> dims(sample.logits());
        case StepOp.Custom custom -> custom.name();
      };
    }

    private String attentionShape(StepOp.PagedAttention attention) {
      StepOp.Heads heads = attention.heads();
      return "%d x %d of %d tokens, %d/%d heads of %d%s"
          .formatted(
              sizes().sequences(),
              sizes().tokens() / sizes().sequences(),
              load.contextTokens() / sizes().sequences(),
              heads.query(),
              heads.keyValue(),
              heads.headDim(),
              attention.window() == 0 ? "" : ", window " + attention.window());
    }

    private Optional<TorchOperation> torch(StepOp op) {
      return switch (op) {
        case StepOp.Embedding embedding ->
            Optional.of(rows("embedding", embedding.out(), rowsOf(embedding.table())));
        case StepOp.RmsNorm norm -> Optional.of(rmsNorm(norm));
        case StepOp.AddRmsNorm norm -> Optional.of(rows("add_rms_norm", norm.out()));
        case StepOp.LayerNorm norm -> Optional.of(rows("layer_norm", norm.out()));
        case StepOp.AddLayerNorm norm -> Optional.of(rows("add_layer_norm", norm.out()));
        case StepOp.Linear linear -> Optional.of(linear(linear));
        case StepOp.SwiGlu swiGlu -> Optional.of(rows("swiglu", swiGlu.out()));
        case StepOp.PagedAttention attention -> attention(attention);
        case StepOp.GatherRows gather ->
            Optional.of(rows("gather", gather.out(), rowsOf(gather.in())));
        case StepOp.Unary unary ->
            switch (unary.kind()) {
              case SILU -> Optional.of(rows("silu", unary.out()));
              case RELU -> Optional.of(rows("relu", unary.out()));
              case GELU -> Optional.of(rows("gelu", unary.out()));
              case GELU_TANH -> Optional.of(rows("gelu_tanh", unary.out()));
              case GELU_QUICK, SCALE, SOFT_CAP -> Optional.empty();
            };
        case StepOp.Binary binary ->
            Optional.of(
                switch (binary.kind()) {
                  case ADD -> rows("add", binary.out());
                  case MULTIPLY -> rows("multiply", binary.out());
                });
        case StepOp.Sample sample -> Optional.of(rows("argmax", sample.logits()));
        case StepOp.LinearArgmax _,
            StepOp.RopeKvAppend _,
            StepOp.RouteExperts _,
            StepOp.GroupByExpert _,
            StepOp.GroupedLinear _,
            StepOp.CombineExperts _,
            StepOp.AdjustLogits _,
            StepOp.Custom _ ->
            Optional.empty();
      };
    }

    private TorchOperation rmsNorm(StepOp.RmsNorm norm) {
      long width = norm.group();
      long rows = plan.buffer(norm.in().name()).elements(sizes()) / width;
      return operation("rms_norm", norm.in(), Map.of("rows", rows, "width", width));
    }

    private TorchOperation linear(StepOp.Linear linear) {
      List<Long> shape = shapeOf(linear.weight());
      long columns = shape.get(0);
      long inner = shape.get(1);
      long rows = plan.buffer(linear.in().name()).elements(sizes()) / inner;
      return new TorchOperation(
          "linear",
          dtype(linear.in()),
          Map.of("rows", rows, "columns", columns, "inner", inner),
          linear.bias().isPresent());
    }

    /// PyTorch has no kernels for windows, caps and slopes; a window that holds the whole context
    /// is none.
    private Optional<TorchOperation> attention(StepOp.PagedAttention attention) {
      long sequences = sizes().sequences();
      long context = load.contextTokens() / sequences;
      boolean windowed = attention.window() > 0 && attention.window() < context;
      boolean plain = attention.softCap() == 0 && attention.slopes().isEmpty();
      if (windowed || !plain || !attention.causal()) {
        return Optional.empty();
      }
      StepOp.Heads heads = attention.heads();
      Map<String, Long> lengths =
          Map.of(
              "sequences",
              sequences,
              "queries",
              sizes().tokens() / sequences,
              "context",
              context,
              "heads",
              (long) heads.query(),
              "kv_heads",
              (long) heads.keyValue(),
              "head_dim",
              (long) heads.headDim());
      return Optional.of(operation("attention", attention.query(), lengths));
    }

    private TorchOperation rows(String name, Ref out) {
      List<Long> shape = shapeOf(out);
      return operation(name, out, Map.of("rows", shape.get(0), "width", shape.get(1)));
    }

    private TorchOperation rows(String name, Ref out, long table) {
      List<Long> shape = shapeOf(out);
      return operation(
          name, out, Map.of("rows", shape.get(0), "width", shape.get(1), "table", table));
    }

    private TorchOperation operation(String name, Ref operand, Map<String, Long> lengths) {
      return new TorchOperation(name, dtype(operand), lengths, false);
    }

    private long rowsOf(Ref ref) {
      return shapeOf(ref).getFirst();
    }

    private String dims(Ref ref) {
      return shapeOf(ref).stream().map(String::valueOf).collect(Collectors.joining(", ", "(", ")"));
    }

    private List<Long> shapeOf(Ref ref) {
      if (ref.isWeight()) {
        return weight(ref).shape();
      }
      Buffer buffer = plan.buffer(ref.name());
      return buffer.shape().stream().map((SizeExpr dim) -> dim.evaluate(sizes())).toList();
    }

    private DType dtype(Ref ref) {
      return ref.isWeight() ? weight(ref).dtype() : plan.buffer(ref.name()).dtype();
    }

    private WeightEntry weight(Ref ref) {
      return manifest.weights().stream()
          .filter(weight -> weight.name().equals(ref.weightName()))
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("the engine has no weight " + ref));
    }
  }
}
