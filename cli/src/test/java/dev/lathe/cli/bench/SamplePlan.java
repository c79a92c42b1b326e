package dev.lathe.cli.bench;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.BatchInput;
import dev.lathe.engine.v1.Buffer;
import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Profile;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.Step;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.engine.v1.WeightEntry;
import dev.lathe.engine.weight.WeightExpr;
import java.util.List;
import java.util.Optional;

/// A plan with one step of every kind that PyTorch can be compared with: rows of 32, 4 heads of 8
/// over 2 KV heads, a vocabulary of 100, in bfloat16.
final class SamplePlan {
  private static final StepOp.Heads HEADS = new StepOp.Heads(4, 2, 8);

  private SamplePlan() {}

  static Manifest manifest() {
    return new Manifest(
        Manifest.FORMAT_VERSION,
        "test",
        "sm_90a",
        new Manifest.Model("Sample", DType.BF16, 1, 1, 32, 100, 64, Optional.empty(), List.of()),
        new Manifest.Limits(8, 2048, 2048, 4096, false),
        new Manifest.KvCache(1, 2, 8, 16, DType.BF16),
        List.of("decode.8", "mixed"),
        List.of(),
        List.of(weight("table", 100, 32), weight("norm", 32), weight("matrix", 64, 32)),
        List.of());
  }

  private static WeightEntry weight(String name, long... shape) {
    List<Long> dims = java.util.Arrays.stream(shape).boxed().toList();
    long bytes = 2 * dims.stream().reduce(1L, Math::multiplyExact);
    return new WeightEntry(name, DType.BF16, dims, 0, 0, bytes, new WeightExpr.Tensor(name));
  }

  static List<Plan> plans() {
    return List.of(
        plan("decode.2", Profile.Kind.DECODE, new Sizes(2, 2, 2)),
        plan("decode.8", Profile.Kind.DECODE, new Sizes(8, 8, 8)),
        plan("mixed", Profile.Kind.MIXED, new Sizes(4096, 8, 8)));
  }

  private static Plan plan(String name, Profile.Kind kind, Sizes max) {
    return new Plan(new Profile(name, kind, max), buffers(), steps(), 0);
  }

  private static List<Buffer> buffers() {
    SizeExpr t = SizeExpr.TOKENS;
    SizeExpr r = SizeExpr.LOGIT_ROWS;
    return List.of(
        buffer("x", DType.BF16, t, 32),
        buffer("y", DType.BF16, t, 32),
        buffer("wide", DType.BF16, t, 64),
        buffer("picked", DType.BF16, r, 32),
        buffer("logits", DType.F32, r, 100),
        new Buffer(
            "tokens", DType.I32, List.of(r), new Buffer.Storage.Output(Buffer.OutputKind.TOKENS)),
        new Buffer(
            "keys", DType.BF16, List.of(), new Buffer.Storage.KvCache(0, Buffer.KvPart.KEYS)),
        new Buffer(
            "values", DType.BF16, List.of(), new Buffer.Storage.KvCache(0, Buffer.KvPart.VALUES)),
        new Buffer("input", DType.I32, List.of(t), new Buffer.Storage.Input(BatchInput.TOKEN_IDS)));
  }

  private static Buffer buffer(String name, DType dtype, SizeExpr rows, int columns) {
    return new Buffer(
        name, dtype, List.of(rows, SizeExpr.of(columns)), new Buffer.Storage.Arena(0));
  }

  private static List<Step> steps() {
    Ref x = Ref.buffer("x");
    Ref y = Ref.buffer("y");
    Ref in = Ref.buffer("input");
    Ref norm = Ref.weight("norm");
    Ref logits = Ref.buffer("logits");
    return List.of(
        step("embed", new StepOp.Embedding(in, Ref.weight("table"), x)),
        step("norm", new StepOp.RmsNorm(x, norm, y, 32, 1e-5f)),
        step("add_norm", new StepOp.AddRmsNorm(x, y, norm, x, y, 1e-5f)),
        step(
            "linear",
            new StepOp.Linear(
                x,
                Ref.weight("matrix"),
                Optional.empty(),
                StepOp.Activation.NONE,
                Optional.empty(),
                Ref.buffer("wide"))),
        step("layer_norm", new StepOp.LayerNorm(x, norm, Optional.empty(), y, 1e-5f)),
        step("add_layer_norm", new StepOp.AddLayerNorm(x, y, norm, Optional.of(norm), x, y, 1e-5f)),
        step("swiglu", new StepOp.SwiGlu(Ref.buffer("wide"), x)),
        step(
            "attention",
            new StepOp.PagedAttention(
                x, Ref.buffer("keys"), Ref.buffer("values"), in, in, in, HEADS, 1, 0, y)),
        step("pick", new StepOp.GatherRows(x, in, Ref.buffer("picked"))),
        step("silu", new StepOp.Unary(StepOp.UnaryKind.SILU, x, y)),
        step("relu", new StepOp.Unary(StepOp.UnaryKind.RELU, x, y)),
        step("gelu", new StepOp.Unary(StepOp.UnaryKind.GELU, x, y)),
        step("gelu_tanh", new StepOp.Unary(StepOp.UnaryKind.GELU_TANH, x, y)),
        step("add", new StepOp.Binary(StepOp.BinaryKind.ADD, x, y, y)),
        step("multiply", new StepOp.Binary(StepOp.BinaryKind.MULTIPLY, x, y, y)),
        step("sample", new StepOp.Sample(logits, in, in, in, in, in, in, Ref.buffer("tokens"))));
  }

  private static Step step(String name, StepOp op) {
    SizeExpr one = SizeExpr.of(1);
    return new Step(name, op, List.of(new Launch("kernel_" + name, one, one, one, List.of())));
  }
}
