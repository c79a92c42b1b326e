package dev.lathe.frontend.layout;

import static dev.lathe.frontend.layout.TensorRule.first;
import static dev.lathe.frontend.layout.TensorRule.last;
import static dev.lathe.frontend.layout.TensorRule.ofLayer;

import java.util.List;

/// BLOOM in the TensorRT-LLM layout.
final class BloomLayout {
  /// What Falcon calls as BLOOM does.
  static final List<TensorRule> COMMON =
      List.of(
          first("transformer.word_embeddings", "transformer.vocab_embedding", Spread.EMBEDDING),
          ofLayer("transformer.h.{}.input_layernorm", "input_layernorm", Spread.WHOLE),
          ofLayer(
              "transformer.h.{}.self_attention.query_key_value", "attention.qkv", Spread.GROUPS),
          ofLayer("transformer.h.{}.self_attention.dense", "attention.dense", Spread.COLUMNS),
          ofLayer("transformer.h.{}.post_attention_layernorm", "post_layernorm", Spread.WHOLE),
          ofLayer("transformer.h.{}.mlp.dense_h_to_4h", "mlp.fc", Spread.ROWS),
          ofLayer("transformer.h.{}.mlp.dense_4h_to_h", "mlp.proj", Spread.COLUMNS),
          last("transformer.ln_f", "transformer.ln_f", Spread.WHOLE),
          last("lm_head", "lm_head", Spread.VOCABULARY));

  static final LayoutFamily FAMILY =
      new LayoutFamily(
          List.of(LayoutModel.of("BloomForCausalLM")),
          List.of("alibi"),
          LayoutFields.of(
              "intermediate_size", "n_inner",
              "norm_epsilon", "layer_norm_epsilon",
              "max_position_embeddings", "seq_length"),
          AllowedValues.ALL,
          TensorRule.joined(
              COMMON,
              List.of(
                  first(
                      "transformer.word_embeddings_layernorm",
                      "transformer.ln_embed",
                      Spread.WHOLE))));

  private BloomLayout() {}
}
