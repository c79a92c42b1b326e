package dev.lathe.runtime;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.BatchInput;
import dev.lathe.engine.v1.Buffer;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Profile;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.Step;
import dev.lathe.engine.v1.StepOp;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A plan of a small Llama, written by hand: the steps that a compiler would emit without fusing
/// gate and up.
final class LlamaPlan {
  private static final float EPSILON = 1e-5f;

  private final LlamaShape shape;
  private final Sizes max;
  private final List<Buffer> buffers = new ArrayList<>();
  private final List<Step> steps = new ArrayList<>();
  private long arenaBytes;

  private LlamaPlan(LlamaShape shape, Sizes max) {
    this.shape = shape;
    this.max = max;
  }

  static List<Plan> plans(LlamaShape shape) {
    int batch = shape.maxBatchSize();
    long rows = shape.contextLogits() ? shape.maxTokens() : batch;
    return List.of(
        plan(shape, "decode", Profile.Kind.DECODE, new Sizes(batch, batch, batch)),
        plan(shape, "mixed", Profile.Kind.MIXED, new Sizes(shape.maxTokens(), batch, rows)));
  }

  private static Plan plan(LlamaShape shape, String name, Profile.Kind kind, Sizes max) {
    LlamaPlan plan = new LlamaPlan(shape, max);
    plan.build();
    return new Plan(new Profile(name, kind, max), plan.buffers, plan.steps, plan.arenaBytes);
  }

  private void build() {
    for (BatchInput input : BatchInput.values()) {
      buffer(name(input), input.dtype(), List.of(), new Buffer.Storage.Input(input));
    }
    arena("hidden", SizeExpr.TOKENS, shape.hidden());
    arena("normed", SizeExpr.TOKENS, shape.hidden());
    arena("qkv", SizeExpr.TOKENS, shape.heads().qkvColumns());
    arena("query", SizeExpr.TOKENS, shape.heads().query() * shape.heads().headDim());
    arena("context", SizeExpr.TOKENS, shape.heads().query() * shape.heads().headDim());
    arena("gateUp", SizeExpr.TOKENS, 2 * shape.intermediate());
    arena("inner", SizeExpr.TOKENS, shape.intermediate());
    arena("picked", SizeExpr.LOGIT_ROWS, shape.hidden());
    List<SizeExpr> logits = List.of(SizeExpr.LOGIT_ROWS, SizeExpr.of(shape.vocabulary()));
    buffer("logits", DType.F32, logits, new Buffer.Storage.Output(Buffer.OutputKind.LOGITS));
    List<SizeExpr> tokens = List.of(SizeExpr.LOGIT_ROWS);
    buffer("tokens", DType.I32, tokens, new Buffer.Storage.Output(Buffer.OutputKind.TOKENS));
    step("embed", new StepOp.Embedding(in(BatchInput.TOKEN_IDS), weight("embed"), ref("hidden")));
    for (int layer = 0; layer < shape.layers(); layer++) {
      layer(layer);
    }
    head();
  }

  private void layer(int layer) {
    String at = "layers." + layer + ".";
    cache(layer, Buffer.KvPart.KEYS);
    cache(layer, Buffer.KvPart.VALUES);
    norm(at + "norm1", "hidden", "normed");
    linear(at + "qkv", "normed", "qkv", false);
    step(at + "rope", rope(layer));
    step(at + "attention", attention(layer));
    linear(at + "o", "context", "hidden", true);
    norm(at + "norm2", "hidden", "normed");
    linear(at + "gate_up", "normed", "gateUp", false);
    step(at + "swiglu", new StepOp.SwiGlu(ref("gateUp"), ref("inner")));
    linear(at + "down", "inner", "hidden", true);
  }

  private StepOp rope(int layer) {
    return new StepOp.RopeKvAppend(
        ref("qkv"),
        in(BatchInput.POSITIONS),
        in(BatchInput.SLOTS),
        Optional.empty(),
        Optional.empty(),
        EPSILON,
        Optional.of(new StepOp.Rotary(weight("rope"), shape.heads().headDim(), false)),
        ref("keys." + layer),
        ref("values." + layer),
        shape.heads(),
        ref("query"));
  }

  private StepOp attention(int layer) {
    return new StepOp.PagedAttention(
        ref("query"),
        ref("keys." + layer),
        ref("values." + layer),
        in(BatchInput.QUERY_STARTS),
        in(BatchInput.CONTEXT_LENGTHS),
        in(BatchInput.BLOCK_TABLES),
        shape.heads(),
        (float) (1 / Math.sqrt(shape.heads().headDim())),
        0,
        ref("context"));
  }

  private void head() {
    step("pick", new StepOp.GatherRows(ref("hidden"), in(BatchInput.LOGIT_ROWS), ref("picked")));
    norm("norm", "picked", "picked");
    linear("embed", "picked", "logits", false);
    step(
        "adjust",
        new StepOp.AdjustLogits(
            ref("logits"),
            in(BatchInput.ADJUSTMENT_STARTS),
            in(BatchInput.ADJUSTMENT_TOKENS),
            in(BatchInput.ADJUSTMENT_COUNTS),
            in(BatchInput.ADJUSTMENT_BIASES),
            in(BatchInput.REPETITION_PENALTIES),
            in(BatchInput.PRESENCE_PENALTIES),
            in(BatchInput.FREQUENCY_PENALTIES)));
    step(
        "sample",
        new StepOp.Sample(
            ref("logits"),
            in(BatchInput.TEMPERATURES),
            in(BatchInput.TOP_K),
            in(BatchInput.TOP_P),
            in(BatchInput.MIN_P),
            in(BatchInput.SEEDS),
            in(BatchInput.DRAWS),
            ref("tokens")));
  }

  private void norm(String name, String in, String out) {
    step(name, new StepOp.RmsNorm(ref(in), weight(name), ref(out), shape.hidden(), EPSILON));
  }

  private void linear(String name, String in, String out, boolean residual) {
    step(
        name + ".linear",
        new StepOp.Linear(
            ref(in),
            weight(name),
            Optional.empty(),
            StepOp.Activation.NONE,
            residual ? Optional.of(ref(out)) : Optional.empty(),
            ref(out)));
  }

  private void step(String name, StepOp op) {
    steps.add(new Step(name, op, List.of()));
  }

  private void arena(String name, SizeExpr rows, int columns) {
    List<SizeExpr> dims = List.of(rows, SizeExpr.of(columns));
    buffer(name, DType.F32, dims, new Buffer.Storage.Arena(arenaBytes));
    arenaBytes += Math.ceilDiv(buffers.getLast().bytes(max), 256) * 256;
  }

  private void cache(int layer, Buffer.KvPart part) {
    String name = part.name().toLowerCase(Locale.ROOT) + "." + layer;
    buffer(name, DType.F32, List.of(), new Buffer.Storage.KvCache(layer, part));
  }

  private void buffer(String name, DType dtype, List<SizeExpr> dims, Buffer.Storage storage) {
    buffers.add(new Buffer(name, dtype, dims, storage));
  }

  private static String name(BatchInput input) {
    return input.name().toLowerCase(Locale.ROOT);
  }

  private static Ref in(BatchInput input) {
    return ref(name(input));
  }

  private static Ref ref(String name) {
    return Ref.buffer(name);
  }

  private static Ref weight(String name) {
    return Ref.weight(name);
  }
}
