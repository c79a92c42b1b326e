package dev.lathe.frontend.layout;

import static dev.lathe.frontend.layout.TensorRule.first;
import static dev.lathe.frontend.layout.TensorRule.last;
import static dev.lathe.frontend.layout.TensorRule.layer;

import java.util.List;

/// Phi-3 in the TensorRT-LLM layout: `mlp.fc` is up and gate, one above the other. Scaling of long
/// positions has fields of its own, which are not read.
final class Phi3Layout {
  static final LayoutFamily FAMILY =
      new LayoutFamily(
          List.of(LayoutModel.of("Phi3ForCausalLM")),
          List.of("rope_gpt_neox"),
          LayoutFields.of(
              "intermediate_size", "intermediate_size",
              "norm_epsilon", "rms_norm_eps",
              "rotary_base", "rope_theta",
              "rotary_scaling", "rope_scaling",
              "rotary_pct", "partial_rotary_factor",
              "sliding_window", "sliding_window"),
          AllowedValues.ALL.with("hidden_act", "swiglu"),
          List.of(
              first("model.embed_tokens", "transformer.vocab_embedding", Spread.EMBEDDING),
              layer("input_layernorm", "input_layernorm", Spread.WHOLE),
              layer("self_attn.qkv_proj", "attention.qkv", Spread.STACK),
              layer("self_attn.o_proj", "attention.dense", Spread.COLUMNS),
              layer("post_attention_layernorm", "post_layernorm", Spread.WHOLE),
              layer("mlp.gate_up_proj", "mlp.fc", Spread.PAIR),
              layer("mlp.down_proj", "mlp.proj", Spread.COLUMNS),
              last("model.norm", "transformer.ln_f", Spread.WHOLE),
              last("lm_head", "lm_head", Spread.VOCABULARY)));

  private Phi3Layout() {}
}
