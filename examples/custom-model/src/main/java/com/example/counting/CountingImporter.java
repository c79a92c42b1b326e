package com.example.counting;

import dev.lathe.frontend.config.FamilyDefaults;
import dev.lathe.frontend.config.ModelConfig;
import dev.lathe.frontend.config.RotaryConfig;
import dev.lathe.frontend.spi.ImportOptions;
import dev.lathe.frontend.spi.ModelImporter;
import dev.lathe.ir.AttentionSpec;
import dev.lathe.ir.Heads;
import dev.lathe.ir.ModelBuilder;
import dev.lathe.ir.RotarySpec;
import dev.lathe.ir.Value;
import java.util.List;

/// A decoder with a squared ReLU in its feed-forward layer. T tokens, H hidden, I intermediate.
public final class CountingImporter implements ModelImporter {
  private static final String ACTIVATION = "relu2";

  @Override
  public String id() {
    return "counting";
  }

  @Override
  public List<String> architectures() {
    return List.of("CountingForCausalLM");
  }

  @Override
  public FamilyDefaults defaults() {
    return FamilyDefaults.of(false, 128).withActivation(ACTIVATION); // untied, 128 positions
  }

  @Override
  public boolean ignores(String tensor) {
    return false;
  }

  @Override
  public void define(ModelConfig config, ImportOptions options, ModelBuilder model) {
    if (!config.activation().equals(ACTIVATION)) {
      throw config.fields().unsupported("hidden_act", config.activation(), ACTIVATION);
    }
    RotarySpec rotary = rotary(config, options, model);

    Value hidden =
        model.embedding("embedding", "embed.weight", config.vocabularySize(), config.hiddenSize());
    for (int i = 0; i < config.layers(); i++) {
      ModelBuilder layer = model.within("layers." + i, "layers." + i);
      Value attended = attention(layer, hidden, rotary, config);
      Value middle = layer.add("attention.residual", hidden, attended); // (T, H)
      hidden = layer.add("mlp.residual", middle, feedForward(layer, middle, config)); // (T, H)
    }
    Value last = model.rmsNorm("norm", hidden, "norm.weight", config.epsilon());
    model.logits(model.logitsLinear("head", last, "head.weight", config.vocabularySize()));
  }

  private static RotarySpec rotary(ModelConfig config, ImportOptions options, ModelBuilder model) {
    int positions = options.positions().orElse(config.maxPositions());
    List<Double> frequencies =
        RotaryConfig.read(config.fields()).inverseFrequencies(config.headDim(), positions);
    Value table = model.rotaryTable("rotary", positions, frequencies, 1);
    return new RotarySpec(table, config.headDim(), false);
  }

  private static Value attention(
      ModelBuilder layer, Value hidden, RotarySpec rotary, ModelConfig config) {
    Heads heads = config.attentionHeads();
    Value in = layer.rmsNorm("attention.norm", hidden, "norm1.weight", config.epsilon()); // (T, H)
    Value query = layer.linear("attention.q", in, "q", heads.queryColumns(), false);
    Value key = layer.linear("attention.k", in, "k", heads.keyValueColumns(), false);
    Value value = layer.linear("attention.v", in, "v", heads.keyValueColumns(), false);
    Value context =
        layer.attention(
            "attention",
            layer.rope("attention.q.rope", query, rotary),
            layer.rope("attention.k.rope", key, rotary),
            value,
            AttentionSpec.full(heads)); // (T, heads * headDim)
    return layer.linear("attention.out", context, "out", config.hiddenSize(), false);
  }

  private static Value feedForward(ModelBuilder layer, Value hidden, ModelConfig config) {
    Value in = layer.rmsNorm("mlp.norm", hidden, "norm2.weight", config.epsilon()); // (T, H)
    Value up = layer.linear("mlp.up", in, "up", config.intermediateSize(), false); // (T, I)
    Value activated = SquaredRelu.add(layer, "mlp.activation", up); // (T, I)
    return layer.linear("mlp.down", activated, "down", config.hiddenSize(), false);
  }
}
