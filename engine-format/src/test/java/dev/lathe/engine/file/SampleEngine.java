package dev.lathe.engine.file;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.BatchInput;
import dev.lathe.engine.v1.Buffer;
import dev.lathe.engine.v1.KernelEntry;
import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Profile;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.Step;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.engine.weight.TensorSource;
import dev.lathe.engine.weight.WeightExpr;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A small engine with an entry of every sort. Its one step looks up embeddings.
final class SampleEngine {
  static final TensorSource SOURCE =
      name -> {
        byte[] bytes = new byte[64 * 8 * 2];
        for (int i = 0; i < bytes.length; i++) {
          bytes[i] = (byte) (i * 7 + name.hashCode());
        }
        return new TensorSource.SourceTensor(
            DType.BF16, List.of(64L, 8L), MemorySegment.ofArray(bytes));
      };

  private SampleEngine() {}

  static EngineContent content() {
    return content(List.of(plan("mixed")), weights());
  }

  static EngineContent content(List<Plan> plans, List<EngineContent.Weight> weights) {
    KernelEntry kernel =
        new KernelEntry("embedding", "embedding.rows", Map.of("rows", "4"), 128, 0, true, true);
    byte[] cubin = {0x7F, 'E', 'L', 'F', 1, 2, 3};
    return new EngineContent(
        "lathe test",
        "sm_90a",
        new Manifest.Model(
            "LlamaForCausalLM", DType.BF16, 512, 1, 8, 64, 128, Optional.of(1), List.of(2, 3)),
        new Manifest.Limits(4, 128, 64, 32, false),
        new Manifest.KvCache(1, 2, 4, 16, DType.BF16),
        plans,
        List.of(new EngineContent.Kernel(kernel, ".version 8.5\n", Optional.of(cubin))),
        weights,
        "graph { %0 = input }\n",
        Map.of("tokenizer.json", "{\"ü\": 1}".getBytes(StandardCharsets.UTF_8)),
        "",
        "{\"checkpoint\": \"sample\"}\n");
  }

  static List<EngineContent.Weight> weights() {
    WeightExpr table = new WeightExpr.Tensor("embed");
    return List.of(
        new EngineContent.Weight("table", table),
        new EngineContent.Weight("turned", new WeightExpr.Transpose(table)),
        new EngineContent.Weight("odd", new WeightExpr.Fill(DType.F32, List.of(3L), 1.5)),
        new EngineContent.Weight(
            "random", new WeightExpr.Random(5, DType.F16, List.of(20L, 10L), 0, 0.02)));
  }

  static Plan plan(String name) {
    SizeExpr tokens = SizeExpr.TOKENS;
    Ref ids = Ref.buffer("ids");
    Ref out = Ref.buffer("out");
    return new Plan(
        new Profile(name, Profile.Kind.MIXED, new Sizes(32, 4, 4)),
        List.of(
            new Buffer(
                "ids", DType.I32, List.of(tokens), new Buffer.Storage.Input(BatchInput.TOKEN_IDS)),
            new Buffer(
                "out", DType.BF16, List.of(tokens, SizeExpr.of(8)), new Buffer.Storage.Arena(256)),
            new Buffer(
                "keys", DType.BF16, List.of(), new Buffer.Storage.KvCache(0, Buffer.KvPart.KEYS))),
        List.of(
            new Step(
                "embedding",
                new StepOp.Embedding(ids, Ref.weight("table"), out),
                List.of(
                    new Launch(
                        "embedding",
                        tokens.ceilDiv(4),
                        SizeExpr.of(1),
                        SizeExpr.of(1),
                        List.of(
                            new Launch.Argument.Pointer(ids),
                            new Launch.Argument.Pointer(Ref.weight("table")),
                            new Launch.Argument.Pointer(out),
                            new Launch.Argument.Size(tokens),
                            new Launch.Argument.Int(8),
                            new Launch.Argument.Float(1)))))),
        1024);
  }

  static EngineWriter writer(int workers) {
    return new EngineWriter(new EngineWriter.Options(workers, 2048, Progress.NONE));
  }
}
