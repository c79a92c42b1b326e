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
import java.util.Map;

/// StableLM: as Llama, with norms of mean and variance, rotation of the first quarter of each head,
/// and in one form both branches side by side behind one norm.
public final class StableLmImporter implements ModelImporter {
  private static final Map<String, List<String>> NAMES =
      Map.of("rms_norm_eps", List.of("layer_norm_eps"));
  private static final double ROTATED_PART = 0.25;

  @Override
  public String id() {
    return "stablelm";
  }

  @Override
  public List<String> architectures() {
    return List.of("StableLmForCausalLM");
  }

  @Override
  public FamilyDefaults defaults() {
    return FamilyDefaults.of(false, 4096).withEpsilon(1e-5).withNames(NAMES);
  }

  @Override
  public boolean ignores(String tensor) {
    return GatedDecoder.isRotaryBuffer(tensor);
  }

  @Override
  public void define(ModelConfig config, ImportOptions options, ModelBuilder outer) {
    config.requireOff("qk_layernorm");
    ModelBuilder model = outer.within("", "model");
    int vocabulary = config.vocabularySize();
    Value table = model.weight("embedding", "embed_tokens.weight", vocabulary, config.hiddenSize());
    RotarySpec rotary =
        new RotaryTables(config, options, model)
            .halves("rotary", config.rotaryOfPart(ROTATED_PART));
    Value h = model.embedding("embedding", table);
    for (int i = 0; i < config.layers(); i++) {
      h = layer(config, model.within("layers." + i, "layers." + i), h, rotary);
    }
    Value last = model.layerNorm("norm", h, "norm", config.epsilon());
    model.logits(
        config.tiedEmbeddings()
            ? model.logitsLinear("lm_head", last, table)
            : outer.logitsLinear("lm_head", last, "lm_head.weight", vocabulary));
  }

  private static Value layer(ModelConfig config, ModelBuilder layer, Value h, RotarySpec rotary) {
    boolean parallel = config.fields().flag("use_parallel_residual").orElse(false);
    float epsilon = config.epsilon();
    Value x = layer.layerNorm("attention.norm", h, "input_layernorm", epsilon);
    Value middle = layer.add("attention.residual", h, attention(config, layer, x, rotary));
    Value in =
        parallel ? x : layer.layerNorm("mlp.norm", middle, "post_attention_layernorm", epsilon);
    return layer.add("mlp.residual", middle, feedForward(config, layer, in));
  }

  private static Value attention(
      ModelConfig config, ModelBuilder layer, Value in, RotarySpec rotary) {
    Heads heads = config.attentionHeads();
    boolean bias = config.fields().flag("use_qkv_bias").orElse(false);
    long columns = heads.keyValueColumns();
    Value query = layer.linear("attention.q", in, "self_attn.q_proj", heads.queryColumns(), bias);
    Value key = layer.linear("attention.k", in, "self_attn.k_proj", columns, bias);
    Value value = layer.linear("attention.v", in, "self_attn.v_proj", columns, bias);
    Value context =
        layer.attention(
            "attention",
            layer.rope("attention.q.rope", query, rotary),
            layer.rope("attention.k.rope", key, rotary),
            value,
            AttentionSpec.full(heads));
    return layer.linear("attention.out", context, "self_attn.o_proj", config.hiddenSize(), false);
  }

  private static Value feedForward(ModelConfig config, ModelBuilder layer, Value in) {
    int width = config.intermediateSize();
    Value gate = layer.linear("mlp.gate", in, "mlp.gate_proj", width, false);
    Value open = layer.activate("mlp.activation", gate, config.activationFunction());
    Value up = layer.linear("mlp.up", in, "mlp.up_proj", width, false);
    Value product = layer.multiply("mlp.product", open, up);
    return layer.linear("mlp.down", product, "mlp.down_proj", config.hiddenSize(), false);
  }
}
