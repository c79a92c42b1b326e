package dev.lathe.frontend.family;

import dev.lathe.frontend.config.LayoutTraits;
import dev.lathe.frontend.config.ModelConfig;
import dev.lathe.ir.AttentionSpec;
import dev.lathe.ir.Heads;
import dev.lathe.ir.ModelBuilder;
import dev.lathe.ir.RotarySpec;
import dev.lathe.ir.Value;
import java.util.List;
import java.util.function.IntFunction;

/// What Gemma 2 and 3 share: norms before and after each branch, whose weights count from 1, a
/// feed-forward layer gated by gelu, embeddings scaled by the root of their size, a head that is
/// the table.
///
/// @param headNorms norms of each head of q and k before they are rotated
/// @param windows for each layer the keys that a query sees; 0: all
record GemmaDecoder(ModelConfig config, boolean headNorms, List<Integer> windows) {
  private static final double MAX_CAP = 1e6;
  private static final double MAX_SCALAR = 1e6;
  private static final double SCALAR = 256;
  private static final String TABLE = "embed_tokens.weight";

  GemmaDecoder {
    windows = List.copyOf(windows);
  }

  /// @param model whose tensor names begin as those of the decoder
  /// @param rotary by the window of a layer
  void define(ModelBuilder model, IntFunction<RotarySpec> rotary) {
    if (!config.tiedEmbeddings()) {
      throw config.fields().unsupported("tie_word_embeddings", "false", "true");
    }
    config.requireOff("use_bidirectional_attention");
    Vocabulary vocabulary = Vocabulary.of(config, model, TABLE);
    float root = model.rounded(Math.sqrt(config.hiddenSize()));
    Value h = model.scale("embedding.scale", vocabulary.embed(model), root);
    for (int i = 0; i < config.layers(); i++) {
      int window = windows.get(i);
      ModelBuilder layer = model.within("layers." + i, "layers." + i);
      h = layer(layer, h, spec().withWindow(window), rotary.apply(window));
    }
    Value last = norm(model, "norm", h, "norm");
    Value logits = vocabulary.logits(model, last, TABLE);
    double cap = cap("final_logit_softcapping");
    model.logits(cap == 0 ? logits : model.softCap("lm_head.cap", logits, (float) cap));
  }

  private AttentionSpec spec() {
    double scalar = config.fields().number("query_pre_attn_scalar", 1, MAX_SCALAR).orElse(SCALAR);
    return AttentionSpec.full(config.attentionHeads())
        .withScale(1 / Math.sqrt(scalar))
        .withSoftCap(cap("attn_logit_softcapping"));
  }

  /// A bound of scores or logits; 0: none.
  private double cap(String field) {
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
    Value in = norm(layer, "mlp.norm", middle, "pre_feedforward_layernorm");
    Value out = FeedForward.of(config, false).gated(layer, in);
    return layer.add(
        "mlp.residual", middle, norm(layer, "mlp.out.norm", out, "post_feedforward_layernorm"));
  }

  private Value attention(ModelBuilder layer, Value in, AttentionSpec spec, RotarySpec rotary) {
    Heads heads = spec.heads();
    boolean bias = config.fields().flag("attention_bias").orElse(false);
    var qkv = QueryKeyValue.projected(layer, in, "self_attn", heads, bias);
    if (headNorms) {
      qkv = qkv.normed((name, each, module) -> norm(layer, name, each, module, heads.headDim()));
    }
    Value context = qkv.rotated(rotary).attend(spec);
    return layer.linear("attention.out", context, "self_attn.o_proj", config.hiddenSize(), bias);
  }
}
