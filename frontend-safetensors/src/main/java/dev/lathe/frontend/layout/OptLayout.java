package dev.lathe.frontend.layout;

import static dev.lathe.frontend.layout.TensorRule.first;
import static dev.lathe.frontend.layout.TensorRule.last;
import static dev.lathe.frontend.layout.TensorRule.ofLayer;

import java.util.List;

/// OPT in the TensorRT-LLM layout: positions begin with the first that is used, and projections of
/// narrow embeddings are part of the table.
final class OptLayout {
  static final LayoutFamily FAMILY =
      new LayoutFamily(
          List.of(LayoutModel.of("OPTForCausalLM")),
          List.of("learned_absolute"),
          LayoutFields.of(
              "intermediate_size", "ffn_dim",
              "norm_epsilon", "layer_norm_eps",
              "hidden_act", "activation_function",
              "do_layer_norm_before", "do_layer_norm_before"),
          AllowedValues.ALL,
          List.of(
              first("model.decoder.embed_tokens", "transformer.vocab_embedding", Spread.EMBEDDING),
              first(
                      "model.decoder.embed_positions",
                      "transformer.position_embedding",
                      Spread.POSITIONS)
                  .withUnusedRows(2),
              ofLayer(
                  "model.decoder.layers.{}.self_attn_layer_norm", "input_layernorm", Spread.WHOLE),
              ofLayer("model.decoder.layers.{}.self_attn.q_proj", "attention.qkv", Spread.QUERY),
              ofLayer("model.decoder.layers.{}.self_attn.k_proj", "attention.qkv", Spread.KEY),
              ofLayer("model.decoder.layers.{}.self_attn.v_proj", "attention.qkv", Spread.VALUE),
              ofLayer(
                  "model.decoder.layers.{}.self_attn.out_proj", "attention.dense", Spread.COLUMNS),
              ofLayer("model.decoder.layers.{}.final_layer_norm", "post_layernorm", Spread.WHOLE),
              ofLayer("model.decoder.layers.{}.fc1", "mlp.fc", Spread.ROWS),
              ofLayer("model.decoder.layers.{}.fc2", "mlp.proj", Spread.COLUMNS),
              last("model.decoder.final_layer_norm", "transformer.ln_f", Spread.WHOLE),
              last("lm_head", "lm_head", Spread.VOCABULARY)));

  private OptLayout() {}
}
