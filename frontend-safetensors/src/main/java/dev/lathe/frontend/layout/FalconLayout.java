package dev.lathe.frontend.layout;

import static dev.lathe.frontend.layout.DerivedField.flag;
import static dev.lathe.frontend.layout.TensorRule.ofLayer;

import java.util.List;
import java.util.Optional;

/// Falcon in the TensorRT-LLM layout. One KV head for all queries, of the older form, is a count of
/// KV heads; slopes are a type of positions.
final class FalconLayout {
  private static final String POSITIONS = "position_embedding_type";
  private static final int MAX_HEADS = 1 << 24;
  private static final String SLOPES = "alibi_with_scale";

  static final LayoutFamily FAMILY =
      new LayoutFamily(
          List.of(LayoutModel.of("FalconForCausalLM")),
          List.of("rope_gpt_neox", SLOPES),
          LayoutFields.of(
              "intermediate_size", "ffn_hidden_size",
              "num_key_value_heads", "num_kv_heads",
              "norm_epsilon", "layer_norm_epsilon",
              "hidden_act", "activation",
              "bias", "bias",
              "parallel_attention", "parallel_attn",
              "new_decoder_architecture", "new_decoder_architecture"),
          AllowedValues.ALL,
          List.of(
              flag("alibi", fields -> fields.text(POSITIONS).equals(Optional.of(SLOPES))),
              flag(
                  "multi_query",
                  fields -> fields.requiredInteger("num_key_value_heads", 1, MAX_HEADS) == 1)),
          TensorRule.joined(
              BloomLayout.COMMON,
              List.of(
                  ofLayer("transformer.h.{}.ln_attn", "input_layernorm", Spread.WHOLE),
                  ofLayer("transformer.h.{}.ln_mlp", "mlp_layernorm", Spread.WHOLE))));

  private FalconLayout() {}
}
