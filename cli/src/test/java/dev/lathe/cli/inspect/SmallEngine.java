package dev.lathe.cli.inspect;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.BatchInput;
import dev.lathe.engine.v1.Buffer;
import dev.lathe.engine.v1.KernelChoice;
import dev.lathe.engine.v1.KernelEntry;
import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Profile;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.Step;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.engine.v1.WeightEntry;
import dev.lathe.engine.weight.WeightExpr;
import dev.lathe.passes.select.StepContext;
import dev.lathe.passes.tune.ProblemText;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An engine of two steps, to inspect.
final class SmallEngine {
  private SmallEngine() {}

  /// @param target `cpu` has no kernels
  static EngineContents of(String target) {
    boolean isGpu = !target.equals("cpu");
    List<KernelEntry> kernels =
        isGpu
            ? List.of(
                new KernelEntry(
                    "linear_1",
                    "linear.skinny",
                    Map.of("rows", "8", "k", "64"),
                    128,
                    2048,
                    false,
                    true))
            : List.of();
    Manifest manifest =
        new Manifest(
            1,
            "lathe test",
            target,
            new Manifest.Model(
                "LlamaForCausalLM",
                DType.BF16,
                1_234_567,
                1,
                64,
                256,
                512,
                Optional.of(1),
                List.of()),
            new Manifest.Limits(8, 512, 256, 128, false),
            new Manifest.KvCache(1, 2, 32, 16, DType.BF16),
            List.of("decode.8", "mixed"),
            kernels,
            List.of(
                weight("embedding", 0, new WeightExpr.Tensor("model.embed_tokens.weight")),
                weight(
                    "layers.0.qkv",
                    32768,
                    new WeightExpr.Concat(
                        0, List.of(new WeightExpr.Tensor("q"), new WeightExpr.Tensor("k"))))),
            List.of(new Manifest.EntryDigest("weights/0.bin", 65536, "00")));
    return new EngineContents(
        Path.of("rank0.engine"),
        70_000,
        manifest,
        List.of(plan("decode.8", isGpu), plan("mixed", isGpu)),
        isGpu ? List.of(measured()) : List.of());
  }

  /// The choice for the linear step of the plan for decoding alone.
  private static KernelChoice measured() {
    return new KernelChoice(
        "layers.0.qkv",
        "decode.8",
        problem(),
        KernelChoice.Basis.MEASURED,
        Optional.of(new KernelChoice.Gpu("Some GPU", 132, 13000)),
        "linear.skinny",
        "rows=8",
        List.of(
            new KernelChoice.Candidate(
                "linear.plain", "", 1000, Optional.empty(), Optional.of("it spills")),
            new KernelChoice.Candidate(
                "linear.skinny",
                "rows=8",
                2000,
                Optional.of(new KernelChoice.Nanos(2345, 2300, 2400)),
                Optional.empty())),
        3,
        List.of("linear.tile: too few tokens"));
  }

  private static String problem() {
    Plan plan = plan("decode.8", true);
    List<SizeExpr> rows = plan.buffer("x").shape();
    List<SizeExpr> weight = List.of(SizeExpr.of(256), SizeExpr.of(64));
    StepContext context =
        new StepContext(
            "layers.0.qkv",
            plan.profile(),
            "sm_90a",
            Map.of(
                Ref.buffer("x"), new StepContext.Operand(DType.BF16, rows),
                Ref.buffer("y"), new StepContext.Operand(DType.BF16, rows),
                Ref.weight("layers.0.qkv"), new StepContext.Operand(DType.BF16, weight)),
            16);
    return ProblemText.of(plan.steps().getLast().op(), context);
  }

  private static WeightEntry weight(String name, long offset, WeightExpr source) {
    return new WeightEntry(name, DType.BF16, List.of(256L, 64L), 0, offset, 32768, source);
  }

  private static Plan plan(String name, boolean isGpu) {
    Profile.Kind kind = name.equals("mixed") ? Profile.Kind.MIXED : Profile.Kind.DECODE;
    Step embed =
        new Step(
            "embed",
            new StepOp.Embedding(Ref.buffer("token_ids"), Ref.weight("embedding"), Ref.buffer("x")),
            List.of());
    Step qkv =
        new Step(
            "layers.0.qkv",
            new StepOp.Linear(
                Ref.buffer("x"),
                Ref.weight("layers.0.qkv"),
                Optional.empty(),
                StepOp.Activation.NONE,
                Optional.of(Ref.buffer("x")),
                Ref.buffer("y")),
            isGpu
                ? List.of(
                    new Launch(
                        "linear_1",
                        SizeExpr.TOKENS.ceilDiv(8),
                        SizeExpr.of(4),
                        SizeExpr.of(1),
                        List.of()))
                : List.of());
    List<SizeExpr> rows = List.of(SizeExpr.TOKENS, SizeExpr.of(64));
    return new Plan(
        new Profile(name, kind, new Sizes(8, 8, 8)),
        List.of(
            new Buffer(
                "token_ids",
                DType.I32,
                List.of(SizeExpr.TOKENS),
                new Buffer.Storage.Input(BatchInput.TOKEN_IDS)),
            new Buffer("x", DType.BF16, rows, new Buffer.Storage.Arena(0)),
            new Buffer("y", DType.BF16, rows, new Buffer.Storage.Arena(1024))),
        List.of(embed, qkv),
        2048);
  }
}
