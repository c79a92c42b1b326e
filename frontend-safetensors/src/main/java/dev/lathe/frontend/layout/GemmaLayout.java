package dev.lathe.frontend.layout;

import static dev.lathe.frontend.layout.DerivedField.flag;
import static dev.lathe.frontend.layout.TensorRule.layer;

import dev.lathe.frontend.config.LayoutTraits;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Gemma 2 and 3 in the TensorRT-LLM layout: norms are stored with the 1 added that the model adds,
/// and every name of gelu stands for the approximation that the models were trained with.
final class GemmaLayout {
  private static final AllowedValues ALLOWED =
      AllowedValues.ALL
          .with("hidden_act", "gelu_pytorch_tanh", "gelu", "gelu_new", "gelu_fast")
          .with("mlp_bias", false)
          .with("inter_layernorms", true);

  private static final Map<String, String> FIELDS =
      LayoutFields.of(
          "intermediate_size", "intermediate_size",
          "norm_epsilon", "rms_norm_eps",
          "rotary_base", "rope_theta",
          "rotary_scaling", "rope_scaling",
          "attn_bias", "attention_bias",
          "query_pre_attn_scalar", "query_pre_attn_scalar",
          "final_logit_softcapping", "final_logit_softcapping",
          "attn_logit_softcapping", "attn_logit_softcapping",
          "sliding_window", "sliding_window",
          "layer_types", "layer_types");

  private static final List<DerivedField> NORMS =
      List.of(flag(LayoutTraits.ONE_ADDED_TO_NORMS, _ -> true));

  private static final List<TensorRule> TENSORS =
      TensorRule.joined(
          LlamaLayout.ATTENTION,
          LlamaLayout.GATED,
          List.of(
              layer("pre_feedforward_layernorm", "pre_feedforward_layernorm", Spread.WHOLE),
              layer("post_feedforward_layernorm", "post_feedforward_layernorm", Spread.WHOLE)));

  static final LayoutFamily GEMMA2 =
      new LayoutFamily(
          List.of(LayoutModel.of("Gemma2ForCausalLM")),
          LlamaLayout.POSITIONS,
          FIELDS,
          ALLOWED.with("qk_layernorm", false),
          NORMS,
          TENSORS);

  /// Gemma 3. Files say of `qk_layernorm` that it is false: the architecture implies these norms.
  static final LayoutFamily GEMMA3 =
      new LayoutFamily(
          List.of(LayoutModel.of("Gemma3ForCausalLM")),
          LlamaLayout.POSITIONS,
          ofGemma3(),
          ALLOWED,
          NORMS,
          TensorRule.joined(TENSORS, LlamaLayout.NORMS_OF_HEADS));

  private GemmaLayout() {}

  private static Map<String, String> ofGemma3() {
    Map<String, String> fields = new HashMap<>(FIELDS);
    fields.put("_sliding_window_pattern", "sliding_window_pattern");
    fields.put("rope_local_base_freq", "rope_local_base_freq");
    return fields;
  }
}
