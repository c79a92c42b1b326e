package dev.lathe.frontend.layout;

import static dev.lathe.frontend.layout.TensorRule.first;
import static dev.lathe.frontend.layout.TensorRule.last;
import static dev.lathe.frontend.layout.TensorRule.ofLayer;

import java.util.List;

/// GPT-J in the TensorRT-LLM layout, whose `gelu` is the approximation that the model was trained
/// with.
final class GptJLayout {
  static final LayoutFamily FAMILY =
      new LayoutFamily(
          List.of(LayoutModel.of("GPTJForCausalLM")),
          List.of("rope_gptj"),
          LayoutFields.of(
              "intermediate_size", "n_inner",
              "norm_epsilon", "layer_norm_epsilon",
              "rotary_dim", "rotary_dim"),
          AllowedValues.ALL.with("hidden_act", "gelu"),
          List.of(
              first("transformer.wte", "transformer.vocab_embedding", Spread.EMBEDDING),
              ofLayer("transformer.h.{}.ln_1", "input_layernorm", Spread.WHOLE),
              ofLayer("transformer.h.{}.attn.q_proj", "attention.qkv", Spread.QUERY),
              ofLayer("transformer.h.{}.attn.k_proj", "attention.qkv", Spread.KEY),
              ofLayer("transformer.h.{}.attn.v_proj", "attention.qkv", Spread.VALUE),
              ofLayer("transformer.h.{}.attn.out_proj", "attention.dense", Spread.COLUMNS),
              ofLayer("transformer.h.{}.mlp.fc_in", "mlp.fc", Spread.ROWS),
              ofLayer("transformer.h.{}.mlp.fc_out", "mlp.proj", Spread.COLUMNS),
              last("transformer.ln_f", "transformer.ln_f", Spread.WHOLE),
              last("lm_head", "lm_head", Spread.VOCABULARY)));

  private GptJLayout() {}
}
