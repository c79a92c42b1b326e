package dev.lathe.frontend.layout;

import static dev.lathe.frontend.layout.TensorRule.first;
import static dev.lathe.frontend.layout.TensorRule.last;
import static dev.lathe.frontend.layout.TensorRule.layer;
import static dev.lathe.frontend.layout.TensorRule.ofLayer;

import com.google.gson.JsonPrimitive;
import dev.lathe.frontend.layout.LayoutFamily.Model;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Decoders of the GPT-2 kind in the TensorRT-LLM layout: one architecture, told apart by
/// `gpt_variant`. Its weights are `(outputs, inputs)` where those of GPT-2 are the other way round.
final class GptLayout {
  private static final String ARCHITECTURE = "GPTForCausalLM";
  private static final JsonPrimitive ONE = new JsonPrimitive(1);
  private static final JsonPrimitive NO = new JsonPrimitive(false);

  private static final Map<String, JsonPrimitive> FIXED =
      Map.of(
          "q_scaling", ONE,
          "embedding_scale", ONE,
          "rotary_pct", ONE,
          "apply_query_key_layer_scaling", NO,
          "qk_layernorm", NO,
          "moe_num_experts", new JsonPrimitive(0));

  /// GPT-2, with learned positions.
  static final LayoutFamily GPT2 =
      new LayoutFamily(
          List.of(model("gpt2", "GPT2LMHeadModel")),
          List.of("learned_absolute"),
          LayoutFields.of(
              "intermediate_size", "n_inner",
              "norm_epsilon", "layer_norm_epsilon",
              "hidden_act", "activation_function"),
          with(FIXED, "bias", new JsonPrimitive(true)),
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
          List.of(model("starcoder2", "Starcoder2ForCausalLM")),
          List.of("rope_gpt_neox"),
          LayoutFields.of(
              "intermediate_size", "intermediate_size",
              "norm_epsilon", "norm_epsilon",
              "hidden_act", "hidden_act",
              "bias", "use_bias",
              "rotary_base", "rope_theta",
              "rotary_scaling", "rope_scaling",
              "sliding_window", "sliding_window"),
          FIXED,
          List.of(
              first("model.embed_tokens", "transformer.vocab_embedding", Spread.EMBEDDING),
              layer("input_layernorm", "input_layernorm", Spread.WHOLE),
              layer("self_attn.q_proj", "attention.qkv", Spread.QUERY),
              layer("self_attn.k_proj", "attention.qkv", Spread.KEY),
              layer("self_attn.v_proj", "attention.qkv", Spread.VALUE),
              layer("self_attn.o_proj", "attention.dense", Spread.COLUMNS),
              layer("post_attention_layernorm", "post_layernorm", Spread.WHOLE),
              layer("mlp.c_fc", "mlp.fc", Spread.ROWS),
              layer("mlp.c_proj", "mlp.proj", Spread.COLUMNS),
              last("model.norm", "transformer.ln_f", Spread.WHOLE),
              last("lm_head", "lm_head", Spread.VOCABULARY)));

  private GptLayout() {}

  private static Model model(String variant, String importer) {
    return new Model(ARCHITECTURE, Optional.of(variant), importer);
  }

  private static Map<String, JsonPrimitive> with(
      Map<String, JsonPrimitive> fixed, String name, JsonPrimitive value) {
    Map<String, JsonPrimitive> result = new HashMap<>(fixed);
    result.put(name, value);
    return result;
  }
}
