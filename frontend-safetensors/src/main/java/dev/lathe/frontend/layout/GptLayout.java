package dev.lathe.frontend.layout;

import static dev.lathe.frontend.layout.TensorRule.first;
import static dev.lathe.frontend.layout.TensorRule.last;
import static dev.lathe.frontend.layout.TensorRule.layer;
import static dev.lathe.frontend.layout.TensorRule.ofLayer;

import java.util.List;

/// Decoders of the GPT-2 kind in the TensorRT-LLM layout: one architecture, told apart by
/// `gpt_variant`. Its weights are `(outputs, inputs)` where those of GPT-2 are the other way round.
final class GptLayout {
  private static final String ARCHITECTURE = "GPTForCausalLM";
  private static final AllowedValues ALLOWED =
      AllowedValues.ALL
          .with("q_scaling", 1)
          .with("embedding_scale", 1)
          .with("rotary_pct", 1)
          .with("apply_query_key_layer_scaling", false)
          .with("qk_layernorm", false)
          .with("moe_num_experts", 0);

  /// GPT-2, with learned positions.
  static final LayoutFamily GPT2 =
      new LayoutFamily(
          List.of(LayoutModel.ofVariant(ARCHITECTURE, "gpt2", "GPT2LMHeadModel")),
          List.of("learned_absolute"),
          LayoutFields.of(
              "intermediate_size", "n_inner",
              "norm_epsilon", "layer_norm_epsilon",
              "hidden_act", "activation_function"),
          ALLOWED.with("bias", true),
          List.of(
              first("transformer.wte", "transformer.vocab_embedding", Spread.EMBEDDING),
              first("transformer.wpe", "transformer.position_embedding", Spread.POSITIONS),
              ofLayer("transformer.h.{}.ln_1", "input_layernorm", Spread.WHOLE),
              ofLayer("transformer.h.{}.attn.c_attn", "attention.qkv", Spread.STACK).asTransposed(),
              ofLayer("transformer.h.{}.attn.c_proj", "attention.dense", Spread.COLUMNS)
                  .asTransposed(),
              ofLayer("transformer.h.{}.ln_2", "post_layernorm", Spread.WHOLE),
              ofLayer("transformer.h.{}.mlp.c_fc", "mlp.fc", Spread.ROWS).asTransposed(),
              ofLayer("transformer.h.{}.mlp.c_proj", "mlp.proj", Spread.COLUMNS).asTransposed(),
              last("transformer.ln_f", "transformer.ln_f", Spread.WHOLE),
              last("lm_head", "lm_head", Spread.VOCABULARY)));

  /// StarCoder2, with rotary positions.
  static final LayoutFamily STARCODER2 =
      new LayoutFamily(
          List.of(LayoutModel.ofVariant(ARCHITECTURE, "starcoder2", "Starcoder2ForCausalLM")),
          List.of("rope_gpt_neox"),
          LayoutFields.of(
              "intermediate_size", "intermediate_size",
              "norm_epsilon", "norm_epsilon",
              "hidden_act", "hidden_act",
              "bias", "use_bias",
              "rotary_base", "rope_theta",
              "rotary_scaling", "rope_scaling",
              "sliding_window", "sliding_window"),
          ALLOWED,
          TensorRule.joined(
              LlamaLayout.ATTENTION,
              List.of(
                  layer("mlp.c_fc", "mlp.fc", Spread.ROWS),
                  layer("mlp.c_proj", "mlp.proj", Spread.COLUMNS))));

  private GptLayout() {}
}
