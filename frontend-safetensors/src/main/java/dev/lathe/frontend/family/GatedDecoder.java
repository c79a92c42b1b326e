package dev.lathe.frontend.family;

import dev.lathe.frontend.config.ModelConfig;
import dev.lathe.frontend.spi.ImportOptions;
import dev.lathe.ir.AttentionSpec;
import dev.lathe.ir.Heads;
import dev.lathe.ir.ModelBuilder;
import dev.lathe.ir.RotarySpec;
import dev.lathe.ir.Value;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// A decoder of the Llama kind: RMSNorm before attention and before a gated feed-forward layer,
/// rotary embedding, grouped KV heads. T tokens, H hidden, I intermediate, D elements of a head.
///
/// @param traits in what families differ
/// @param windows for each layer the keys that a query sees; 0: all
/// @param sparse feed-forward layers that are mixtures of experts
record GatedDecoder(ModelConfig config, Traits traits, List<Integer> windows, SparseLayers sparse) {
  private static final Pattern ROTARY_BUFFER =
      Pattern.compile("model\\.(layers\\.\\d+\\.self_attn\\.)?rotary_emb\\.inv_freq");
  private static final String TABLE = "model.embed_tokens.weight";

  GatedDecoder {
    windows = List.copyOf(windows);
  }

  /// Without experts.
  GatedDecoder(ModelConfig config, Traits traits, List<Integer> windows) {
    this(config, traits, windows, (_, _, _) -> Optional.empty());
  }

  /// Feed-forward layers that are mixtures of experts.
  interface SparseLayers {
    /// @param in `(T, H)`
    /// @return `(T, H)`; empty: the layer of that index is a gated one
    Optional<Value> define(ModelBuilder layer, Value in, int index);
  }

  GatedDecoder withExperts(SparseLayers layers) {
    return new GatedDecoder(config, traits, windows, layers);
  }

  /// @param queryKeyValueBias biases of the projections to q, k and v
  /// @param outputBias bias of the projection out of attention
  /// @param mlpBias biases of the feed-forward layer
  /// @param headNorms RMSNorm of each head of q and k before they are rotated
  /// @param factors that most families do not have
  record Traits(
      boolean queryKeyValueBias,
      boolean outputBias,
      boolean mlpBias,
      boolean headNorms,
      Optional<Factors> factors) {

    /// Those of most families: no biases, no norms of heads, no factors.
    static final Traits PLAIN = new Traits(false, false, false, false, Optional.empty());

    /// @param bias of the projections to q, k and v and of the one out of attention
    Traits withAttentionBias(boolean bias) {
      return new Traits(bias, bias, mlpBias, headNorms, factors);
    }

    Traits withQueryKeyValueBias() {
      return new Traits(true, outputBias, mlpBias, headNorms, factors);
    }

    Traits withMlpBias(boolean bias) {
      return new Traits(queryKeyValueBias, outputBias, bias, headNorms, factors);
    }

    Traits withHeadNorms() {
      return new Traits(queryKeyValueBias, outputBias, mlpBias, true, factors);
    }

    Traits with(Factors some) {
      return new Traits(queryKeyValueBias, outputBias, mlpBias, headNorms, Optional.of(some));
    }
  }

  /// Constants by which values are multiplied.
  ///
  /// @param scores of attention, instead of `1 / sqrt(D)`
  /// @param residual what is added to the residual stream
  record Factors(double embedding, double scores, double residual, double logits) {}

  /// Frequencies that older versions saved; they follow from the configuration.
  static boolean isRotaryBuffer(String tensor) {
    return ROTARY_BUFFER.matcher(tensor).matches();
  }

  void define(ImportOptions options, ModelBuilder model) {
    Vocabulary vocabulary = Vocabulary.of(config, model, TABLE);
    Value hidden = vocabulary.embed(model); // (T, H)
    if (traits.factors().isPresent()) {
      hidden = model.scale("embedding.scale", hidden, (float) traits.factors().get().embedding());
    }
    RotarySpec rotary =
        new RotaryTables(config, options, model).halves("rotary", config.rotaryOfWholeHeads());
    for (int i = 0; i < config.layers(); i++) {
      hidden = layer(model.within("layers." + i, "model.layers." + i), hidden, rotary, i);
    }
    Value last = model.rmsNorm("norm", hidden, "model.norm.weight", config.epsilon());
    Value logits = vocabulary.logits(model, last, "lm_head.weight"); // (T, V)
    model.logits(
        traits
            .factors()
            .map(factors -> model.scale("lm_head.scale", logits, (float) factors.logits()))
            .orElse(logits));
  }

  private Value layer(ModelBuilder layer, Value hidden, RotarySpec rotary, int index) {
    float epsilon = config.epsilon();
    Value normed =
        layer.rmsNorm("attention.norm", hidden, "input_layernorm.weight", epsilon); // (T, H)
    Value attended = attention(layer, normed, rotary, windows.get(index)); // (T, H)
    Value middle =
        layer.add("attention.residual", hidden, scaled(layer, "attention.scale", attended));
    Value input = layer.rmsNorm("mlp.norm", middle, "post_attention_layernorm.weight", epsilon);
    Value inner =
        sparse
            .define(layer, input, index)
            .orElseGet(() -> FeedForward.of(config, traits.mlpBias()).gated(layer, input));
    Value out = scaled(layer, "mlp.scale", inner);
    return layer.add("mlp.residual", middle, out);
  }

  /// What is added to the residual stream.
  private Value scaled(ModelBuilder layer, String name, Value added) {
    return traits
        .factors()
        .map(factors -> layer.scale(name, added, (float) factors.residual()))
        .orElse(added);
  }

  private Value attention(ModelBuilder layer, Value in, RotarySpec rotary, int window) {
    Heads heads = config.attentionHeads();
    var qkv = QueryKeyValue.projected(layer, in, "self_attn", heads, traits.queryKeyValueBias());
    if (traits.headNorms()) {
      qkv =
          qkv.normed((name, each, module) ->
              layer.headNorm(name, each, module + ".weight", heads.headDim(), config.epsilon()));
    }
    Value context = qkv.rotated(rotary).attend(spec(heads).withWindow(window)); // (T, heads * D)
    return layer.linear(
        "attention.out", context, "self_attn.o_proj", config.hiddenSize(), traits.outputBias());
  }

  private AttentionSpec spec(Heads heads) {
    AttentionSpec spec = AttentionSpec.full(heads);
    return traits.factors().map(factors -> spec.withScale(factors.scores())).orElse(spec);
  }
}
