package dev.lathe.frontend.layout;

import static dev.lathe.frontend.layout.TensorRule.first;
import static dev.lathe.frontend.layout.TensorRule.last;
import static dev.lathe.frontend.layout.TensorRule.ofLayer;

import java.util.List;

/// GPT-NeoX in the TensorRT-LLM layout, always with branches side by side. Its tools write a type
/// of positions that the model does not have.
final class GptNeoxLayout {
  static final LayoutFamily FAMILY =
      new LayoutFamily(
          List.of(LayoutModel.of("GPTNeoXForCausalLM")),
          List.of("rope_gpt_neox", "learned_absolute"),
          LayoutFields.of(
              "intermediate_size", "intermediate_size",
              "norm_epsilon", "layer_norm_eps",
              "hidden_act", "hidden_act",
              "rotary_emb_base", "rotary_emb_base",
              "rotary_pct", "rotary_pct"),
          AllowedValues.ALL,
          List.of(
              first("gpt_neox.embed_in", "transformer.vocab_embedding", Spread.EMBEDDING),
              ofLayer("gpt_neox.layers.{}.input_layernorm", "input_layernorm", Spread.WHOLE),
              ofLayer(
                  "gpt_neox.layers.{}.attention.query_key_value", "attention.qkv", Spread.GROUPS),
              ofLayer("gpt_neox.layers.{}.attention.dense", "attention.dense", Spread.COLUMNS),
              ofLayer(
                  "gpt_neox.layers.{}.post_attention_layernorm",
                  "post_attention_layernorm",
                  Spread.WHOLE),
              ofLayer("gpt_neox.layers.{}.mlp.dense_h_to_4h", "mlp.fc", Spread.ROWS),
              ofLayer("gpt_neox.layers.{}.mlp.dense_4h_to_h", "mlp.proj", Spread.COLUMNS),
              last("gpt_neox.final_layer_norm", "transformer.ln_f", Spread.WHOLE),
              last("embed_out", "lm_head", Spread.VOCABULARY)));

  private GptNeoxLayout() {}
}
