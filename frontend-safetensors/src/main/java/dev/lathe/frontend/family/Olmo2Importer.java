package dev.lathe.frontend.family;

import dev.lathe.frontend.config.FamilyDefaults;
import dev.lathe.frontend.config.ModelConfig;
import dev.lathe.frontend.spi.ImportOptions;
import dev.lathe.frontend.spi.ModelImporter;
import dev.lathe.ir.AttentionSpec;
import dev.lathe.ir.Heads;
import dev.lathe.ir.ModelBuilder;
import dev.lathe.ir.RotarySpec;
import dev.lathe.ir.Value;
import java.util.List;

/// OLMo 2: as Llama, but norms stand after attention and after the feed-forward layer, and queries
/// and keys are normalised over all heads at once.
public final class Olmo2Importer implements ModelImporter {

  @Override
  public String id() {
    return "olmo2";
  }

  @Override
  public List<String> architectures() {
    return List.of("Olmo2ForCausalLM");
  }

  @Override
  public FamilyDefaults defaults() {
    return FamilyDefaults.of(false, 2048).withEpsilon(1e-5);
  }

  @Override
  public boolean ignores(String tensor) {
    return GatedDecoder.isRotaryBuffer(tensor);
  }

  @Override
  public void define(ModelConfig config, ImportOptions options, ModelBuilder outer) {
    ModelBuilder model = outer.within("", "model");
    Value table =
        model.weight(
            "embedding", "embed_tokens.weight", config.vocabularySize(), config.hiddenSize());
    RotarySpec rotary =
        new RotaryTables(config, options, model).halves("rotary", config.rotaryOfWholeHeads());
    Value h = model.embedding("embedding", table);
    for (int i = 0; i < config.layers(); i++) {
      h = layer(config, model.within("layers." + i, "layers." + i), h, rotary);
    }
    Value last = model.rmsNorm("norm", h, "norm.weight", config.epsilon());
    model.logits(
        config.tiedEmbeddings()
            ? model.logitsLinear("lm_head", last, table)
            : outer.logitsLinear("lm_head", last, "lm_head.weight", config.vocabularySize()));
  }

  private static Value layer(ModelConfig config, ModelBuilder layer, Value h, RotarySpec rotary) {
    float epsilon = config.epsilon();
    Value attended = attention(config, layer, h, rotary);
    Value middle =
        layer.add(
            "attention.residual",
            h,
            layer.rmsNorm("attention.norm", attended, "post_attention_layernorm.weight", epsilon));
    Value out = feedForward(config, layer, middle);
    return layer.add(
        "mlp.residual",
        middle,
        layer.rmsNorm("mlp.norm", out, "post_feedforward_layernorm.weight", epsilon));
  }

  private static Value attention(
      ModelConfig config, ModelBuilder layer, Value in, RotarySpec rotary) {
    Heads heads = config.attentionHeads();
    boolean bias = config.fields().flag("attention_bias").orElse(false);
    long columns = heads.keyValueColumns();
    float epsilon = config.epsilon();
    Value query = layer.linear("attention.q", in, "self_attn.q_proj", heads.queryColumns(), bias);
    Value key = layer.linear("attention.k", in, "self_attn.k_proj", columns, bias);
    Value value = layer.linear("attention.v", in, "self_attn.v_proj", columns, bias);
    query = layer.rmsNorm("attention.q.norm", query, "self_attn.q_norm.weight", epsilon);
    key = layer.rmsNorm("attention.k.norm", key, "self_attn.k_norm.weight", epsilon);
    Value context =
        layer.attention(
            "attention",
            layer.rope("attention.q.rope", query, rotary),
            layer.rope("attention.k.rope", key, rotary),
            value,
            AttentionSpec.full(heads));
    return layer.linear("attention.out", context, "self_attn.o_proj", config.hiddenSize(), bias);
  }

  private static Value feedForward(ModelConfig config, ModelBuilder layer, Value in) {
    int width = config.intermediateSize();
    Value gate = layer.linear("mlp.gate", in, "mlp.gate_proj", width, false);
    Value up = layer.linear("mlp.up", in, "mlp.up_proj", width, false);
    Value opened = layer.activate("mlp.activation", gate, config.activationFunction());
    Value product = layer.multiply("mlp.product", opened, up);
    return layer.linear("mlp.down", product, "mlp.down_proj", config.hiddenSize(), false);
  }
}
