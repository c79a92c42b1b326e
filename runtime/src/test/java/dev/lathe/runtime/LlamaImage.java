package dev.lathe.runtime;

import dev.lathe.engine.file.EngineContent;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.WeightEntry;
import dev.lathe.engine.weight.TensorSource;
import dev.lathe.engine.weight.WeightExpr;
import dev.lathe.runtime.device.EngineImage;
import dev.lathe.runtime.text.SmallTokenizers;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;

/// The engine of a small Llama, in memory.
public final class LlamaImage implements EngineImage {
  private final LlamaShape shape;
  private final List<Plan> plans;
  private final List<WeightEntry> entries = new ArrayList<>();
  private final Map<String, float[]> weights = new HashMap<>();
  private final WeightSource source;

  /// Makes up the values of a weight.
  public interface WeightSource {
    float[] values(String name, int rows, int columns);
  }

  /// Random weights that give varied, but not wild logits.
  public LlamaImage(LlamaShape shape, long seed) {
    this(shape, random(seed));
  }

  public LlamaImage(LlamaShape shape, WeightSource source) {
    this.shape = shape;
    this.source = source;
    this.plans = LlamaPlan.plans(shape);
    int dim = shape.heads().headDim();
    add("embed", shape.vocabulary(), shape.hidden());
    for (int layer = 0; layer < shape.layers(); layer++) {
      String at = "layers." + layer + ".";
      add(at + "norm1", 1, shape.hidden());
      add(at + "qkv", shape.heads().qkvColumns(), shape.hidden());
      add(at + "o", shape.hidden(), shape.heads().query() * dim);
      add(at + "norm2", 1, shape.hidden());
      add(at + "gate_up", 2 * shape.intermediate(), shape.hidden());
      add(at + "down", shape.hidden(), shape.intermediate());
    }
    add("norm", 1, shape.hidden());
    put("rope", shape.maxSequenceLength(), dim, rotaryTable(shape.maxSequenceLength(), dim));
  }

  private static WeightSource random(long seed) {
    Random random = new Random(seed);
    return (name, rows, columns) -> {
      float[] values = new float[rows * columns];
      for (int i = 0; i < values.length; i++) {
        double normal = random.nextGaussian();
        values[i] = (float) (name.contains("norm") ? 1 + normal / 10 : normal / 2);
      }
      return values;
    };
  }

  private static float[] rotaryTable(int positions, int dim) {
    float[] table = new float[positions * dim];
    for (int p = 0; p < positions; p++) {
      for (int i = 0; i < dim / 2; i++) {
        double angle = p * Math.pow(10000, -2.0 * i / dim);
        table[p * dim + i] = (float) Math.cos(angle);
        table[p * dim + dim / 2 + i] = (float) Math.sin(angle);
      }
    }
    return table;
  }

  private void add(String name, int rows, int columns) {
    put(name, rows, columns, source.values(name, rows, columns));
  }

  private void put(String name, int rows, int columns, float[] values) {
    List<Long> dims = rows == 1 ? List.of((long) columns) : List.of((long) rows, (long) columns);
    weights.put(name, values);
    entries.add(
        new WeightEntry(
            name, DType.F32, dims, 0, 0, 4L * values.length, new WeightExpr.Tensor(name)));
  }

  @Override
  public Manifest manifest() {
    return new Manifest(
        Manifest.FORMAT_VERSION,
        "test",
        "cpu",
        new Manifest.Model(
            "LlamaForCausalLM",
            DType.F32,
            0,
            shape.layers(),
            shape.hidden(),
            shape.vocabulary(),
            shape.maxSequenceLength(),
            Optional.empty(),
            List.of()),
        new Manifest.Limits(
            shape.maxBatchSize(),
            shape.maxSequenceLength(),
            shape.maxSequenceLength(),
            shape.maxTokens(),
            shape.contextLogits()),
        new Manifest.KvCache(
            shape.layers(),
            shape.heads().keyValue(),
            shape.heads().headDim(),
            shape.tokensPerBlock(),
            DType.F32),
        List.of("decode", "mixed"),
        List.of(),
        entries,
        List.of());
  }

  @Override
  public List<Plan> plans() {
    return plans;
  }

  @Override
  public MemorySegment weight(WeightEntry entry) {
    return MemorySegment.ofArray(Objects.requireNonNull(weights.get(entry.name()), entry.name()));
  }

  /// The same engine as content of a file, with the tokenizer of bytes.
  EngineContent content() {
    Manifest manifest = manifest();
    return new EngineContent(
        manifest.generator(),
        manifest.target(),
        manifest.model(),
        manifest.limits(),
        manifest.kvCache(),
        plans,
        List.of(),
        entries.stream()
            .map(entry -> new EngineContent.Weight(entry.name(), entry.source()))
            .toList(),
        "",
        Map.of("tokenizer.json", SmallTokenizers.bytes()),
        "",
        "{}");
  }

  /// The weights as tensors of a checkpoint.
  TensorSource tensors() {
    return name -> {
      WeightEntry entry =
          entries.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
      return new TensorSource.SourceTensor(DType.F32, entry.shape(), weight(entry));
    };
  }

  @Override
  public MemorySegment ptx(String kernel) {
    throw new IllegalStateException("no kernels");
  }

  @Override
  public MemorySegment cubin(String kernel) {
    throw new IllegalStateException("no kernels");
  }
}
