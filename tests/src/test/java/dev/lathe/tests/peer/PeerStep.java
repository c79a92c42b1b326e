package dev.lathe.tests.peer;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Profile;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.engine.v1.StepOp.Activation;
import dev.lathe.passes.select.StepContext;
import dev.lathe.passes.select.StepContext.Operand;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// One step whose candidates are timed.
///
/// @param facts what the script needs to make its operands
record PeerStep(String name, Map<String, Object> facts, StepOp op, StepContext context) {
  private static final int TOKENS_PER_BLOCK = 64;

  /// Reads `linear,T,N,K,none|res|swiglu|f32` (bf16, one result of the last word), or
  /// `attn,decode|mixed,sequences,tokens of each,context,heads,kvHeads,headDim`, or
  /// `grouped,T,experts,experts of a token,N,K,none|swiglu`: of the last words, swiglu finds rows
  /// of `(T, K)` through an index, and none has those of all experts in place.
  static PeerStep parse(String text) {
    String[] words = text.split(",");
    return switch (words[0]) {
      case "linear" -> linear(text, words);
      case "attn" -> attention(text, words);
      case "grouped" -> grouped(text, words);
      default -> throw new IllegalArgumentException("no kind of step: " + text);
    };
  }

  private static PeerStep linear(String text, String[] words) {
    long tokens = Long.parseLong(words[1]);
    long n = Long.parseLong(words[2]);
    long k = Long.parseLong(words[3]);
    boolean gated = words[4].equals("swiglu");
    boolean residual = words[4].equals("res");
    DType out = words[4].equals("f32") ? DType.F32 : DType.BF16;
    SizeExpr columns = SizeExpr.of(gated ? n / 2 : n);
    Map<Ref, Operand> operands =
        Map.of(
            new Ref("in"), rows(DType.BF16, SizeExpr.of(k)),
            new Ref("@w"), new Operand(DType.BF16, List.of(SizeExpr.of(n), SizeExpr.of(k))),
            new Ref("res"), rows(DType.BF16, columns),
            new Ref("out"), rows(out, columns));
    StepOp op =
        new StepOp.Linear(
            new Ref("in"),
            new Ref("@w"),
            Optional.empty(),
            gated ? Activation.SWIGLU_INTERLEAVED : Activation.NONE,
            1,
            residual ? Optional.of(new Ref("res")) : Optional.empty(),
            new Ref("out"));
    Map<String, Object> facts =
        new TreeMap<>(Map.of("type", "linear", "m", tokens, "n", n, "k", k, "epilogue", words[4]));
    Sizes sizes = new Sizes(tokens, tokens, tokens);
    return new PeerStep(text, facts, op, context(Profile.Kind.DECODE, sizes, operands, 1));
  }

  private static PeerStep grouped(String text, String[] words) {
    long tokens = Long.parseLong(words[1]);
    long experts = Long.parseLong(words[2]);
    long topK = Long.parseLong(words[3]);
    long n = Long.parseLong(words[4]);
    long k = Long.parseLong(words[5]);
    boolean gated = words[6].equals("swiglu");
    SizeExpr count = SizeExpr.TOKENS.times(topK);
    SizeExpr inner = SizeExpr.of(k);
    SizeExpr columns = SizeExpr.of(gated ? n / 2 : n);
    List<SizeExpr> weight = List.of(SizeExpr.of(experts), SizeExpr.of(n), inner);
    Map<Ref, Operand> operands =
        Map.of(
            new Ref("in"), new Operand(DType.BF16, List.of(gated ? SizeExpr.TOKENS : count, inner)),
            new Ref("rows"), numbers(count),
            new Ref("starts"), numbers(SizeExpr.of(experts + 1)),
            new Ref("@w"), new Operand(DType.BF16, weight),
            new Ref("out"), new Operand(DType.BF16, List.of(count, columns)));
    StepOp op =
        new StepOp.GroupedLinear(
            new Ref("in"),
            gated ? Optional.of(new Ref("rows")) : Optional.empty(),
            new Ref("starts"),
            new Ref("@w"),
            gated ? Activation.SWIGLU_INTERLEAVED : Activation.NONE,
            new Ref("out"));
    Map<String, Object> facts =
        new TreeMap<>(
            Map.of(
                "type",
                "grouped",
                "m",
                tokens,
                "experts",
                experts,
                "top",
                topK,
                "n",
                n,
                "k",
                k,
                "epilogue",
                words[6]));
    Sizes sizes = new Sizes(tokens, tokens, tokens);
    return new PeerStep(text, facts, op, context(Profile.Kind.DECODE, sizes, operands, 1));
  }

  private static Operand rows(DType dtype, SizeExpr columns) {
    return new Operand(dtype, List.of(SizeExpr.TOKENS, columns));
  }

  private static PeerStep attention(String text, String[] words) {
    Profile.Kind kind = words[1].equals("decode") ? Profile.Kind.DECODE : Profile.Kind.MIXED;
    long sequences = Long.parseLong(words[2]);
    long tokens = Long.parseLong(words[3]);
    int context = Integer.parseInt(words[4]);
    StepOp.Heads heads =
        new StepOp.Heads(
            Integer.parseInt(words[5]), Integer.parseInt(words[6]), Integer.parseInt(words[7]));
    int blocks = Math.ceilDiv(context, TOKENS_PER_BLOCK);
    Operand cache =
        new Operand(
            DType.BF16,
            List.of(
                SizeExpr.of(1),
                SizeExpr.of(heads.keyValue()),
                SizeExpr.of(TOKENS_PER_BLOCK),
                SizeExpr.of(heads.headDim())));
    SizeExpr columns = SizeExpr.of((long) heads.query() * heads.headDim());
    Map<Ref, Operand> operands =
        Map.of(
            new Ref("q"), rows(DType.BF16, columns),
            new Ref("out"), rows(DType.BF16, columns),
            new Ref("kc"), cache,
            new Ref("vc"), cache,
            new Ref("qs"), numbers(SizeExpr.SEQUENCES.plus(SizeExpr.of(1))),
            new Ref("cl"), numbers(SizeExpr.SEQUENCES),
            new Ref("bt"), numbers(SizeExpr.SEQUENCES, SizeExpr.of(blocks)));
    Map<String, Object> facts =
        new TreeMap<>(
            Map.of(
                "type",
                "attn",
                "batch",
                sequences,
                "len",
                tokens,
                "ctx",
                context,
                "heads",
                heads.query(),
                "kv",
                heads.keyValue(),
                "hd",
                heads.headDim(),
                "blocks",
                blocks));
    Sizes sizes = new Sizes(sequences * tokens, sequences, sequences);
    return new PeerStep(text, facts, attentionOp(heads), context(kind, sizes, operands, blocks));
  }

  private static StepOp attentionOp(StepOp.Heads heads) {
    return new StepOp.PagedAttention(
        new Ref("q"),
        new Ref("kc"),
        new Ref("vc"),
        new Ref("qs"),
        new Ref("cl"),
        new Ref("bt"),
        Optional.empty(),
        heads,
        (float) (1 / Math.sqrt(heads.headDim())),
        0,
        0,
        true,
        new Ref("out"));
  }

  private static Operand numbers(SizeExpr... shape) {
    return new Operand(DType.I32, List.of(shape));
  }

  private static StepContext context(
      Profile.Kind kind, Sizes sizes, Map<Ref, Operand> operands, int maxBlocks) {
    return new StepContext(
        "step", new Profile("timed", kind, sizes), "sm_90a", operands, maxBlocks);
  }
}
