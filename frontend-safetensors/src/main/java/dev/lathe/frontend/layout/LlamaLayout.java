package dev.lathe.frontend.layout;

import static dev.lathe.frontend.layout.DerivedField.number;
import static dev.lathe.frontend.layout.TensorRule.first;
import static dev.lathe.frontend.layout.TensorRule.last;
import static dev.lathe.frontend.layout.TensorRule.layer;

import dev.lathe.frontend.config.ConfigFields;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Decoders of the Llama kind in the TensorRT-LLM layout. Its `mlp.fc` is what others call the
/// gate, and its `mlp.gate` is what others call up.
final class LlamaLayout {
  private static final String HEAD_NORMS = "qk_layernorm";
  private static final String SCORES = "attention_multiplier";
  private static final String LOGITS = "output_multiplier_scale";
  private static final double MIN_FACTOR = 1e-9;
  private static final double MAX_FACTOR = 1e9;
  private static final int MAX_HEAD_SIZE = 1 << 24;

  static final List<String> POSITIONS = List.of("rope_gpt_neox");

  /// Fields that this kind has besides those of all.
  static final Map<String, String> FIELDS =
      LayoutFields.of(
          "intermediate_size", "intermediate_size",
          "hidden_act", "hidden_act",
          "norm_epsilon", "rms_norm_eps",
          "rotary_base", "rope_theta",
          "rotary_scaling", "rope_scaling",
          "rotary_pct", "partial_rotary_factor",
          "attn_bias", "attention_bias",
          "mlp_bias", "mlp_bias",
          "sliding_window", "sliding_window",
          "use_sliding_window", "use_sliding_window",
          "max_window_layers", "max_window_layers",
          "layer_types", "layer_types");

  static final AllowedValues ALLOWED =
      AllowedValues.ALL
          .with("residual_mlp", false)
          .with("moe_num_experts", 0)
          .with("fc_after_embed", false)
          .with("use_input_layernorm_in_first_layer", true)
          .with("use_last_layernorm", true)
          .with("layer_idx_offset", 0)
          .with("embedding_multiplier", 1)
          .with(SCORES, 1)
          .with("residual_multiplier", 1)
          .with(LOGITS, 1)
          .with("use_logn_attn", false)
          .with("is_pruned", false)
          .with(HEAD_NORMS, false);

  /// All but the feed-forward layer.
  static final List<TensorRule> ATTENTION =
      List.of(
          first("model.embed_tokens", "transformer.vocab_embedding", Spread.EMBEDDING),
          layer("input_layernorm", "input_layernorm", Spread.WHOLE),
          layer("self_attn.q_proj", "attention.qkv", Spread.QUERY),
          layer("self_attn.k_proj", "attention.qkv", Spread.KEY),
          layer("self_attn.v_proj", "attention.qkv", Spread.VALUE),
          layer("self_attn.o_proj", "attention.dense", Spread.COLUMNS),
          layer("post_attention_layernorm", "post_layernorm", Spread.WHOLE),
          last("model.norm", "transformer.ln_f", Spread.WHOLE),
          last("lm_head", "lm_head", Spread.VOCABULARY));

  static final List<TensorRule> GATED =
      List.of(
          layer("mlp.gate_proj", "mlp.fc", Spread.ROWS),
          layer("mlp.up_proj", "mlp.gate", Spread.ROWS),
          layer("mlp.down_proj", "mlp.proj", Spread.COLUMNS));

  static final List<TensorRule> NORMS_OF_HEADS =
      List.of(
          layer("self_attn.q_norm", "attention.q_layernorm", Spread.WHOLE),
          layer("self_attn.k_norm", "attention.k_layernorm", Spread.WHOLE));

  /// Llama, Mistral, Qwen 2.
  static final LayoutFamily PLAIN =
      new LayoutFamily(
          List.of(
              LayoutModel.of("LlamaForCausalLM"),
              LayoutModel.of("LLaMAForCausalLM"),
              LayoutModel.of("MistralForCausalLM"),
              LayoutModel.of("Qwen2ForCausalLM")),
          POSITIONS,
          FIELDS,
          ALLOWED,
          List.of(DerivedField.nullable("sliding_window")),
          TensorRule.joined(ATTENTION, GATED));

  /// Qwen 3. Files of some versions say of `qk_layernorm` that it is false, although the norms are
  /// there: the architecture implies them.
  static final LayoutFamily WITH_HEAD_NORMS =
      new LayoutFamily(
          List.of(LayoutModel.of("Qwen3ForCausalLM")),
          POSITIONS,
          FIELDS,
          ALLOWED.without(HEAD_NORMS),
          TensorRule.joined(ATTENTION, GATED, NORMS_OF_HEADS));

  /// Granite. The factor of scores is a multiple of what they are usually multiplied by.
  static final LayoutFamily WITH_FACTORS =
      new LayoutFamily(
          List.of(LayoutModel.of("GraniteForCausalLM")),
          POSITIONS,
          withFactors(),
          ALLOWED.without("embedding_multiplier", SCORES, "residual_multiplier", LOGITS),
          List.of(
              number(SCORES, fields -> factor(fields, SCORES) / Math.sqrt(headSize(fields))),
              number("logits_scaling", fields -> 1 / factor(fields, LOGITS))),
          TensorRule.joined(ATTENTION, GATED));

  private LlamaLayout() {}

  private static Map<String, String> withFactors() {
    Map<String, String> fields = new HashMap<>(FIELDS);
    fields.put("embedding_multiplier", "embedding_multiplier");
    fields.put("residual_multiplier", "residual_multiplier");
    return fields;
  }

  private static double factor(ConfigFields fields, String name) {
    return fields.number(name, MIN_FACTOR, MAX_FACTOR).orElse(1.0);
  }

  private static int headSize(ConfigFields fields) {
    return fields.requiredInteger("head_size", 1, MAX_HEAD_SIZE);
  }
}
