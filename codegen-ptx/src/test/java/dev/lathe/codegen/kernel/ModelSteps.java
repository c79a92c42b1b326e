package dev.lathe.codegen.kernel;

import dev.lathe.codegen.catalog.PtxKernelCatalog;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Profile;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.engine.v1.StepOp.Activation;
import dev.lathe.engine.v1.StepOp.Heads;
import dev.lathe.engine.v1.StepOp.Rotary;
import dev.lathe.passes.select.StepContext;
import dev.lathe.passes.select.StepContext.Operand;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The distinct steps of a model of the Llama family, as a compiler would ask for their kernels.
///
/// @param headNorms true if each head of queries and keys is normalized (Qwen 3)
record ModelSteps(
    String name,
    DType dtype,
    int hidden,
    Heads heads,
    int intermediate,
    int vocabulary,
    boolean headNorms)
    implements RecordedModel {
  private static final int TOKENS_PER_BLOCK = 64;
  private static final int MAX_BLOCKS = 64;

  /// One step and what surrounds it.
  record StepOfModel(String label, StepOp op, StepContext context) {}

  @Override
  public List<StepOfModel> steps(Profile profile, String target) {
    return new Recorder(profile, target).steps();
  }

  private final class Recorder {
    private final Profile profile;
    private final String target;
    private final Map<Ref, Operand> operands = new HashMap<>();

    Recorder(Profile profile, String target) {
      this.profile = profile;
      this.target = target;
    }

    private Ref add(String ref, DType type, SizeExpr... shape) {
      operands.put(new Ref(ref), new Operand(type, List.of(shape)));
      return new Ref(ref);
    }

    private Ref rows(String ref, long width) {
      return add(ref, dtype, SizeExpr.TOKENS, SizeExpr.of(width));
    }

    private Ref weight(String ref, long... shape) {
      SizeExpr[] sizes = new SizeExpr[shape.length];
      for (int i = 0; i < shape.length; i++) {
        sizes[i] = SizeExpr.of(shape[i]);
      }
      return add("@" + ref, dtype, sizes);
    }

    private Ref perRow(String ref, DType type) {
      return add(ref, type, SizeExpr.LOGIT_ROWS);
    }

    List<StepOfModel> steps() {
      Map<String, StepOp> ops = new LinkedHashMap<>();
      int width = heads.query() * heads.headDim();
      Ref x = rows("x", hidden);
      Ref y = rows("y", hidden);
      Ref ids = add("ids", DType.I32, SizeExpr.TOKENS);
      ops.put("embedding", new StepOp.Embedding(ids, weight("table", vocabulary, hidden), x));
      Ref norm = weight("norm", hidden);
      ops.put("norm", new StepOp.RmsNorm(x, norm, y, hidden, 1e-5f));
      ops.put("add-norm", new StepOp.AddRmsNorm(x, y, norm, y, x, 1e-5f));
      Ref qkv = rows("qkv", heads.qkvColumns());
      ops.put("qkv", linear(x, heads.qkvColumns(), hidden, Activation.NONE, false, qkv));
      Ref query = rows("query", width);
      Ref mixed = rows("mixed", width);
      ops.put("rope", rope(qkv, query));
      ops.put("attention", attention(query, mixed));
      ops.put("output", linear(mixed, hidden, width, Activation.NONE, true, y));
      Ref gated = rows("gated", intermediate);
      int gateUp = 2 * intermediate;
      if (intermediate % 8 == 0) {
        ops.put("gate-up", linear(x, gateUp, hidden, Activation.SWIGLU_INTERLEAVED, false, gated));
      } else {
        ops.put("swiglu", new StepOp.SwiGlu(rows("gate_up", gateUp), gated));
      }
      ops.put("down", linear(gated, hidden, intermediate, Activation.NONE, true, y));
      addHead(ops, x);
      StepContext context = new StepContext("step", profile, target, operands, MAX_BLOCKS);
      List<StepOfModel> steps = new ArrayList<>();
      ops.forEach((label, op) -> steps.add(new StepOfModel(label, op, context)));
      if (PtxKernelCatalog.builtIn().supports(greedyHead(), context)) {
        steps.add(new StepOfModel("greedy-head", greedyHead(), context));
      }
      return steps;
    }

    private void addHead(Map<String, StepOp> ops, Ref x) {
      Ref last = add("last", dtype, SizeExpr.LOGIT_ROWS, SizeExpr.of(hidden));
      ops.put("gather", new StepOp.GatherRows(x, perRow("rows", DType.I32), last));
      Ref logits = add("logits", DType.F32, SizeExpr.LOGIT_ROWS, SizeExpr.of(vocabulary));
      ops.put("head", linear(last, vocabulary, hidden, Activation.NONE, false, logits));
      ops.put(
          "adjust",
          new StepOp.AdjustLogits(
              logits,
              add("starts", DType.I32, SizeExpr.LOGIT_ROWS.plus(SizeExpr.of(1))),
              add("tokens", DType.I32),
              add("counts", DType.I32),
              add("biases", DType.F32),
              perRow("repetition", DType.F32),
              perRow("presence", DType.F32),
              perRow("frequency", DType.F32)));
      ops.put(
          "sample",
          new StepOp.Sample(
              logits,
              perRow("temperatures", DType.F32),
              perRow("top_k", DType.I32),
              perRow("top_p", DType.F32),
              perRow("min_p", DType.F32),
              perRow("seeds", DType.I64),
              perRow("draws", DType.I32),
              perRow("out", DType.I32)));
    }

    /// Of the head's operands; not every target and batch has a kernel for it.
    private static StepOp greedyHead() {
      return new StepOp.LinearArgmax(
          new Ref("last"), new Ref("@logits_weight"), Optional.empty(), 1, new Ref("out"));
    }

    private StepOp linear(Ref in, int n, int k, Activation activation, boolean residual, Ref out) {
      Ref weight = weight(out.name() + "_weight", n, k);
      Optional<Ref> sum = residual ? Optional.of(out) : Optional.empty();
      return new StepOp.Linear(in, weight, Optional.empty(), activation, sum, out);
    }

    private Ref cache(String ref) {
      return add(
          ref,
          dtype,
          SizeExpr.of(1),
          SizeExpr.of(heads.keyValue()),
          SizeExpr.of(TOKENS_PER_BLOCK),
          SizeExpr.of(heads.headDim()));
    }

    private StepOp rope(Ref qkv, Ref query) {
      Optional<Ref> norm =
          headNorms ? Optional.of(weight("head_norm", heads.headDim())) : Optional.empty();
      Ref table = add("@rope", DType.F32, SizeExpr.of(4096), SizeExpr.of(heads.headDim()));
      return new StepOp.RopeKvAppend(
          qkv,
          add("positions", DType.I32, SizeExpr.TOKENS),
          add("slots", DType.I32, SizeExpr.TOKENS),
          norm,
          norm,
          1e-6f,
          Optional.of(new Rotary(table, heads.headDim(), false)),
          cache("keys"),
          cache("values"),
          heads,
          query);
    }

    private StepOp attention(Ref query, Ref out) {
      return new StepOp.PagedAttention(
          query,
          cache("keys"),
          cache("values"),
          add("query_starts", DType.I32, SizeExpr.SEQUENCES.plus(SizeExpr.of(1))),
          add("contexts", DType.I32, SizeExpr.SEQUENCES),
          add("tables", DType.I32, SizeExpr.SEQUENCES, SizeExpr.of(MAX_BLOCKS)),
          heads,
          (float) (1 / Math.sqrt(heads.headDim())),
          0,
          out);
    }
  }

  static Profile decode(int sequences) {
    Sizes sizes = new Sizes(sequences, sequences, sequences);
    return new Profile("decode." + sequences, Profile.Kind.DECODE, sizes);
  }

  static Profile mixed(int tokens) {
    return new Profile("mixed." + tokens, Profile.Kind.MIXED, new Sizes(tokens, 64, 64));
  }
}
