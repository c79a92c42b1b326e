package dev.lathe.frontend.layout;

import static dev.lathe.frontend.layout.TensorRule.first;
import static dev.lathe.frontend.layout.TensorRule.last;
import static dev.lathe.frontend.layout.TensorRule.layer;
import static java.util.Map.entry;

import com.google.gson.JsonPrimitive;
import dev.lathe.frontend.layout.LayoutFamily.Model;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Decoders of the Llama kind in the TensorRT-LLM layout. Its `mlp.fc` is what others call the
/// gate, and its `mlp.gate` is what others call up.
final class LlamaLayout {
  private static final JsonPrimitive NO = new JsonPrimitive(false);
  private static final JsonPrimitive YES = new JsonPrimitive(true);
  private static final JsonPrimitive ZERO = new JsonPrimitive(0);
  private static final JsonPrimitive ONE = new JsonPrimitive(1);
  private static final String HEAD_NORMS = "qk_layernorm";

  private static final Map<String, String> FIELDS =
      Map.ofEntries(
          entry("dtype", "dtype"),
          entry("vocab_size", "vocab_size"),
          entry("hidden_size", "hidden_size"),
          entry("intermediate_size", "intermediate_size"),
          entry("num_hidden_layers", "num_hidden_layers"),
          entry("num_attention_heads", "num_attention_heads"),
          entry("num_key_value_heads", "num_key_value_heads"),
          entry("head_size", "head_dim"),
          entry("max_position_embeddings", "max_position_embeddings"),
          entry("hidden_act", "hidden_act"),
          entry("norm_epsilon", "rms_norm_eps"),
          entry("rotary_base", "rope_theta"),
          entry("rotary_scaling", "rope_scaling"),
          entry("rotary_pct", "partial_rotary_factor"),
          entry("attn_bias", "attention_bias"),
          entry("mlp_bias", "mlp_bias"),
          entry("tie_word_embeddings", "tie_word_embeddings"),
          entry("sliding_window", "sliding_window"),
          entry("use_sliding_window", "use_sliding_window"),
          entry("max_window_layers", "max_window_layers"),
          entry("layer_types", "layer_types"),
          entry("bos_token_id", "bos_token_id"),
          entry("eos_token_id", "eos_token_id"));

  private static final Map<String, JsonPrimitive> FIXED =
      Map.ofEntries(
          entry("residual_mlp", NO),
          entry("moe_num_experts", ZERO),
          entry("fc_after_embed", NO),
          entry("use_input_layernorm_in_first_layer", YES),
          entry("use_last_layernorm", YES),
          entry("layer_idx_offset", ZERO),
          entry("embedding_multiplier", ONE),
          entry("attention_multiplier", ONE),
          entry("residual_multiplier", ONE),
          entry("output_multiplier_scale", ONE),
          entry("use_logn_attn", NO),
          entry("is_pruned", NO),
          entry(HEAD_NORMS, NO));

  private static final List<TensorRule> TENSORS =
      List.of(
          first("model.embed_tokens", "transformer.vocab_embedding", Spread.EMBEDDING),
          layer("input_layernorm", "input_layernorm", Spread.WHOLE),
          layer("self_attn.q_proj", "attention.qkv", Spread.QUERY),
          layer("self_attn.k_proj", "attention.qkv", Spread.KEY),
          layer("self_attn.v_proj", "attention.qkv", Spread.VALUE),
          layer("self_attn.o_proj", "attention.dense", Spread.COLUMNS),
          layer("post_attention_layernorm", "post_layernorm", Spread.WHOLE),
          layer("mlp.gate_proj", "mlp.fc", Spread.ROWS),
          layer("mlp.up_proj", "mlp.gate", Spread.ROWS),
          layer("mlp.down_proj", "mlp.proj", Spread.COLUMNS),
          last("model.norm", "transformer.ln_f", Spread.WHOLE),
          last("lm_head", "lm_head", Spread.VOCABULARY));

  /// Llama, Mistral, Qwen 2.
  static final LayoutFamily PLAIN =
      new LayoutFamily(
          List.of(
              Model.of("LlamaForCausalLM"),
              Model.of("LLaMAForCausalLM"),
              Model.of("MistralForCausalLM"),
              Model.of("Qwen2ForCausalLM")),
          List.of("rope_gpt_neox"),
          FIELDS,
          FIXED,
          TENSORS);

  /// Qwen 3. Files of some versions say of `qk_layernorm` that it is false, although the norms are
  /// there: the architecture implies them.
  static final LayoutFamily WITH_HEAD_NORMS =
      new LayoutFamily(
          List.of(Model.of("Qwen3ForCausalLM")),
          PLAIN.positions(),
          FIELDS,
          fixedWithHeadNorms(),
          tensorsWithHeadNorms());

  private LlamaLayout() {}

  private static Map<String, JsonPrimitive> fixedWithHeadNorms() {
    Map<String, JsonPrimitive> fixed = new HashMap<>(FIXED);
    fixed.remove(HEAD_NORMS);
    return fixed;
  }

  private static List<TensorRule> tensorsWithHeadNorms() {
    List<TensorRule> tensors = new ArrayList<>(TENSORS);
    tensors.add(layer("self_attn.q_norm", "attention.q_layernorm", Spread.WHOLE));
    tensors.add(layer("self_attn.k_norm", "attention.k_layernorm", Spread.WHOLE));
    return tensors;
  }
}
