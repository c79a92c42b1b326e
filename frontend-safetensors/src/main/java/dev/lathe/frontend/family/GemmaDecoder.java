package dev.lathe.frontend.family;

import dev.lathe.frontend.config.LayoutTraits;
import dev.lathe.frontend.config.ModelConfig;
import dev.lathe.ir.AttentionSpec;
import dev.lathe.ir.Heads;
import dev.lathe.ir.ModelBuilder;
import dev.lathe.ir.RotarySpec;
import dev.lathe.ir.Value;

/// What Gemma 2 and 3 share: norms before and after each branch, whose weights count from 1, a
/// feed-forward layer gated by gelu, embeddings scaled by the root of their size, a head that is
/// the table.
///
/// @param headNorms norms of each head of q and k before they are rotated
record GemmaDecoder(ModelConfig config, boolean headNorms) {
  private static final double MAX_CAP = 1e6;
  private static final String TABLE = "embed_tokens.weight";

  /// Attention and positions of each layer.
  interface Layers {
    AttentionSpec spec(int layer);

    RotarySpec rotary(int layer);
  }

  /// @param model whose tensor names begin as those of the decoder
  void define(ModelBuilder model, Layers layers) {
    int hidden = config.hiddenSize();
    if (!config.tiedEmbeddings()) {
      throw config.fields().unsupported("tie_word_embeddings", "false", "true");
    }
    config.requireOff("use_bidirectional_attention");
    Value table = model.weight("embedding", TABLE, config.vocabularySize(), hidden);
    Value h =
        model.scale(
            "embedding.scale",
            model.embedding("embedding", table),
            model.rounded(Math.sqrt(hidden)));
    for (int i = 0; i < config.layers(); i++) {
      ModelBuilder layer = model.within("layers." + i, "layers." + i);
      h = layer(layer, h, layers.spec(i), layers.rotary(i));
    }
    Value logits = model.logitsLinear("lm_head", norm(model, "norm", h, "norm"), table);
    double cap = cap("final_logit_softcapping");
    model.logits(cap == 0 ? logits : model.softCap("lm_head.cap", logits, (float) cap));
  }

  /// A bound of scores or logits; 0: none.
  double cap(String field) {
    return config.fields().number(field, 0, MAX_CAP).orElse(0.0);
  }

  private Value norm(ModelBuilder model, String name, Value in, String module) {
    return norm(model, name, in, module, in.type().columns());
  }

  private Value norm(ModelBuilder model, String name, Value in, String module, long group) {
    Value weight = model.weight(name, module + ".weight", group);
    return model.rmsNorm(name, in, weight, config.epsilon(), oneIsAdded() ? 0 : 1);
  }

  private boolean oneIsAdded() {
    return config.fields().flag(LayoutTraits.ONE_ADDED_TO_NORMS).orElse(false);
  }

  private Value layer(ModelBuilder layer, Value h, AttentionSpec spec, RotarySpec rotary) {
    Value attended =
        attention(layer, norm(layer, "attention.norm", h, "input_layernorm"), spec, rotary);
    Value middle =
        layer.add(
            "attention.residual",
            h,
            norm(layer, "attention.out.norm", attended, "post_attention_layernorm"));
    Value out = feedForward(layer, norm(layer, "mlp.norm", middle, "pre_feedforward_layernorm"));
    return layer.add(
        "mlp.residual", middle, norm(layer, "mlp.out.norm", out, "post_feedforward_layernorm"));
  }

  private Value attention(ModelBuilder layer, Value in, AttentionSpec spec, RotarySpec rotary) {
    Heads heads = spec.heads();
    boolean bias = config.fields().flag("attention_bias").orElse(false);
    long columns = heads.keyValueColumns();
    Value query = layer.linear("attention.q", in, "self_attn.q_proj", heads.queryColumns(), bias);
    Value key = layer.linear("attention.k", in, "self_attn.k_proj", columns, bias);
    Value value = layer.linear("attention.v", in, "self_attn.v_proj", columns, bias);
    if (headNorms) {
      query = norm(layer, "attention.q.norm", query, "self_attn.q_norm", heads.headDim());
      key = norm(layer, "attention.k.norm", key, "self_attn.k_norm", heads.headDim());
    }
    Value context =
        layer.attention(
            "attention",
            layer.rope("attention.q.rope", query, rotary),
            layer.rope("attention.k.rope", key, rotary),
            value,
            spec);
    return layer.linear("attention.out", context, "self_attn.o_proj", config.hiddenSize(), bias);
  }

  private Value feedForward(ModelBuilder layer, Value in) {
    int width = config.intermediateSize();
    Value gate = layer.linear("mlp.gate", in, "mlp.gate_proj", width, false);
    Value up = layer.linear("mlp.up", in, "mlp.up_proj", width, false);
    Value opened = layer.activate("mlp.activation", gate, config.activationFunction());
    Value product = layer.multiply("mlp.product", opened, up);
    return layer.linear("mlp.down", product, "mlp.down_proj", config.hiddenSize(), false);
  }
}
