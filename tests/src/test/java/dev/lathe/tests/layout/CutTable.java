package dev.lathe.tests.layout;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the tools of the TensorRT-LLM layout make of a family's modules and fields.
///
/// @param lines `module > stored module: cut`, `{}` for the number of the layer
/// @param fields of the configuration, by their names in the Hugging Face layout
/// @param values of other fields
record CutTable(List<String> lines, Map<String, String> fields, Map<String, Object> values) {

  /// How a module is cut for the ranks of a stage.
  enum Cut {
    WHOLE,
    ROWS,
    COLUMNS,
    /// Columns; the bias is zero but in the first rank.
    COLUMNS_ONE_BIAS,
    VOCABULARY,
    /// One of three modules that are stacked.
    QUERY,
    KEY,
    VALUE,
    /// Rows of each KV head together.
    GROUPED,
    /// All queries, all keys, all values.
    STACKED,
    /// Two halves that change places.
    SWAPPED,
    /// Without the first two rows.
    BEHIND_TWO,
    /// A norm, with the 1 that the model adds.
    ONE_ADDED
  }

  private static final Map<String, String> COMMON =
      Map.of(
          "vocab_size", "vocab_size",
          "bos_token_id", "bos_token_id",
          "eos_token_id", "eos_token_id",
          "dtype", "dtype");

  private static final CutTable GPT_NEOX =
      new CutTable(
          List.of(
              "gpt_neox.embed_in > transformer.vocab_embedding: WHOLE",
              "gpt_neox.layers.{}.input_layernorm > input_layernorm: WHOLE",
              "gpt_neox.layers.{}.attention.query_key_value > attention.qkv: GROUPED",
              "gpt_neox.layers.{}.attention.dense > attention.dense: COLUMNS",
              "gpt_neox.layers.{}.post_attention_layernorm > post_attention_layernorm: WHOLE",
              "gpt_neox.layers.{}.mlp.dense_h_to_4h > mlp.fc: ROWS",
              "gpt_neox.layers.{}.mlp.dense_4h_to_h > mlp.proj: COLUMNS",
              "gpt_neox.final_layer_norm > transformer.ln_f: WHOLE",
              "embed_out > lm_head: VOCABULARY"),
          Map.of("layer_norm_eps", "norm_epsilon", "intermediate_size", "intermediate_size"),
          Map.of(
              "position_embedding_type",
              "learned_absolute",
              "rotary_emb_base",
              10000,
              "rotary_pct",
              0.25));

  private static final CutTable GPTJ =
      new CutTable(
          List.of(
              "transformer.wte > transformer.vocab_embedding: WHOLE",
              "transformer.h.{}.ln_1 > input_layernorm: WHOLE",
              "transformer.h.{}.attn.q_proj > attention.qkv: QUERY",
              "transformer.h.{}.attn.k_proj > attention.qkv: KEY",
              "transformer.h.{}.attn.v_proj > attention.qkv: VALUE",
              "transformer.h.{}.attn.out_proj > attention.dense: COLUMNS",
              "transformer.h.{}.mlp.fc_in > mlp.fc: ROWS",
              "transformer.h.{}.mlp.fc_out > mlp.proj: COLUMNS_ONE_BIAS",
              "transformer.ln_f > transformer.ln_f: WHOLE",
              "lm_head > lm_head: VOCABULARY"),
          Map.of(
              "layer_norm_epsilon", "norm_epsilon",
              "rotary_dim", "rotary_dim",
              "n_inner", "intermediate_size"),
          Map.of("position_embedding_type", "rope_gptj", "hidden_act", "gelu"));

  private static final CutTable OPT =
      new CutTable(
          List.of(
              "model.decoder.embed_tokens > transformer.vocab_embedding: WHOLE",
              "model.decoder.embed_tokens > lm_head: VOCABULARY",
              "model.decoder.embed_positions > transformer.position_embedding: BEHIND_TWO",
              "model.decoder.layers.{}.self_attn_layer_norm > input_layernorm: WHOLE",
              "model.decoder.layers.{}.self_attn.q_proj > attention.qkv: QUERY",
              "model.decoder.layers.{}.self_attn.k_proj > attention.qkv: KEY",
              "model.decoder.layers.{}.self_attn.v_proj > attention.qkv: VALUE",
              "model.decoder.layers.{}.self_attn.out_proj > attention.dense: COLUMNS",
              "model.decoder.layers.{}.final_layer_norm > post_layernorm: WHOLE",
              "model.decoder.layers.{}.fc1 > mlp.fc: ROWS",
              "model.decoder.layers.{}.fc2 > mlp.proj: COLUMNS",
              "model.decoder.final_layer_norm > transformer.ln_f: WHOLE"),
          Map.of(
              "ffn_dim", "intermediate_size",
              "activation_function", "hidden_act",
              "do_layer_norm_before", "do_layer_norm_before"),
          Map.of("position_embedding_type", "learned_absolute"));

  private static final CutTable BLOOM =
      new CutTable(
          List.of(
              "transformer.word_embeddings > transformer.vocab_embedding: WHOLE",
              "transformer.word_embeddings > lm_head: VOCABULARY",
              "transformer.word_embeddings_layernorm > transformer.ln_embed: WHOLE",
              "transformer.h.{}.input_layernorm > input_layernorm: WHOLE",
              "transformer.h.{}.self_attention.query_key_value > attention.qkv: GROUPED",
              "transformer.h.{}.self_attention.dense > attention.dense: COLUMNS",
              "transformer.h.{}.post_attention_layernorm > post_layernorm: WHOLE",
              "transformer.h.{}.mlp.dense_h_to_4h > mlp.fc: ROWS",
              "transformer.h.{}.mlp.dense_4h_to_h > mlp.proj: COLUMNS",
              "transformer.ln_f > transformer.ln_f: WHOLE"),
          Map.of("layer_norm_epsilon", "norm_epsilon"),
          Map.of("position_embedding_type", "alibi", "max_position_embeddings", 2048));

  private static final CutTable FALCON =
      new CutTable(
          List.of(
              "transformer.word_embeddings > transformer.vocab_embedding: WHOLE",
              "transformer.word_embeddings > lm_head: VOCABULARY",
              "transformer.h.{}.ln_attn > input_layernorm: WHOLE",
              "transformer.h.{}.ln_mlp > mlp_layernorm: WHOLE",
              "transformer.h.{}.self_attention.query_key_value > attention.qkv: GROUPED",
              "transformer.h.{}.self_attention.dense > attention.dense: COLUMNS",
              "transformer.h.{}.mlp.dense_h_to_4h > mlp.fc: ROWS",
              "transformer.h.{}.mlp.dense_4h_to_h > mlp.proj: COLUMNS",
              "transformer.ln_f > transformer.ln_f: WHOLE"),
          Map.of(
              "layer_norm_epsilon", "norm_epsilon",
              "num_kv_heads", "num_key_value_heads",
              "ffn_hidden_size", "intermediate_size",
              "activation", "hidden_act",
              "bias", "bias",
              "parallel_attn", "parallel_attention",
              "new_decoder_architecture", "new_decoder_architecture"),
          Map.of("position_embedding_type", "rope_gpt_neox"));

  private static final CutTable PHI3 =
      new CutTable(
          List.of(
              "model.embed_tokens > transformer.vocab_embedding: WHOLE",
              "model.layers.{}.input_layernorm > input_layernorm: WHOLE",
              "model.layers.{}.self_attn.qkv_proj > attention.qkv: STACKED",
              "model.layers.{}.self_attn.o_proj > attention.dense: COLUMNS",
              "model.layers.{}.post_attention_layernorm > post_layernorm: WHOLE",
              "model.layers.{}.mlp.gate_up_proj > mlp.fc: SWAPPED",
              "model.layers.{}.mlp.down_proj > mlp.proj: COLUMNS",
              "model.norm > transformer.ln_f: WHOLE",
              "lm_head > lm_head: VOCABULARY"),
          Map.of(
              "rms_norm_eps", "norm_epsilon",
              "intermediate_size", "intermediate_size",
              "num_key_value_heads", "num_key_value_heads"),
          Map.of(
              "position_embedding_type",
              "rope_gpt_neox",
              "hidden_act",
              "swiglu",
              "rotary_pct",
              1.0,
              "rotary_base",
              10000.0));

  /// The table of an architecture that has one.
  static Optional<CutTable> of(String architecture) {
    return switch (architecture) {
      case "GPTNeoXForCausalLM" -> Optional.of(GPT_NEOX);
      case "GPTJForCausalLM" -> Optional.of(GPTJ);
      case "OPTForCausalLM" -> Optional.of(OPT);
      case "BloomForCausalLM" -> Optional.of(BLOOM);
      case "FalconForCausalLM" -> Optional.of(FALCON);
      case "Phi3ForCausalLM" -> Optional.of(PHI3);
      case "Gemma2ForCausalLM" -> Optional.of(NormTables.GEMMA2);
      case "Gemma3ForCausalLM" -> Optional.of(NormTables.GEMMA3);
      case "BertModel" -> Optional.of(NormTables.BERT);
      default -> Optional.empty();
    };
  }

  /// Names of the fields of all tables.
  Map<String, String> commonFields() {
    return COMMON;
  }
}
