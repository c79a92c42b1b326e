package dev.lathe.tests.layout;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Tables of the families that have norms elsewhere than Llama.
final class NormTables {
  private static final List<String> GEMMA =
      List.of(
          "model.embed_tokens > transformer.vocab_embedding: WHOLE",
          "model.embed_tokens > lm_head: VOCABULARY",
          "model.layers.{}.input_layernorm > input_layernorm: ONE_ADDED",
          "model.layers.{}.self_attn.q_proj > attention.qkv: QUERY",
          "model.layers.{}.self_attn.k_proj > attention.qkv: KEY",
          "model.layers.{}.self_attn.v_proj > attention.qkv: VALUE",
          "model.layers.{}.self_attn.o_proj > attention.dense: COLUMNS",
          "model.layers.{}.post_attention_layernorm > post_layernorm: ONE_ADDED",
          "model.layers.{}.pre_feedforward_layernorm > pre_feedforward_layernorm: ONE_ADDED",
          "model.layers.{}.post_feedforward_layernorm > post_feedforward_layernorm: ONE_ADDED",
          "model.layers.{}.mlp.gate_proj > mlp.fc: ROWS",
          "model.layers.{}.mlp.up_proj > mlp.gate: ROWS",
          "model.layers.{}.mlp.down_proj > mlp.proj: COLUMNS",
          "model.norm > transformer.ln_f: ONE_ADDED");

  private static final Map<String, String> GEMMA_FIELDS =
      Map.of(
          "rms_norm_eps", "norm_epsilon",
          "intermediate_size", "intermediate_size",
          "num_key_value_heads", "num_key_value_heads",
          "head_dim", "head_size",
          "query_pre_attn_scalar", "query_pre_attn_scalar",
          "final_logit_softcapping", "final_logit_softcapping",
          "attn_logit_softcapping", "attn_logit_softcapping",
          "sliding_window", "sliding_window");

  static final CutTable GEMMA2 =
      new CutTable(
          GEMMA,
          GEMMA_FIELDS,
          Map.of(
              "hidden_act",
              "gelu_pytorch_tanh",
              "rotary_base",
              10000.0,
              "qk_layernorm",
              false,
              "inter_layernorms",
              true));

  static final CutTable GEMMA3 =
      new CutTable(
          withNormsOfHeads(),
          GEMMA_FIELDS,
          Map.of(
              "hidden_act",
              "gelu",
              "rotary_base",
              1000000,
              "rope_local_base_freq",
              10000.0,
              "_sliding_window_pattern",
              6,
              "qk_layernorm",
              false,
              "inter_layernorms",
              true));

  static final CutTable BERT =
      new CutTable(
          List.of(
              "bert.embeddings.word_embeddings > embedding.vocab_embedding: WHOLE",
              "bert.embeddings.position_embeddings > embedding.position_embedding: WHOLE",
              "bert.embeddings.token_type_embeddings > embedding.token_embedding: WHOLE",
              "bert.embeddings.LayerNorm > embedding.embedding_ln: WHOLE",
              "bert.encoder.layer.{}.attention.self.query > layers.{}.attention.qkv: QUERY",
              "bert.encoder.layer.{}.attention.self.key > layers.{}.attention.qkv: KEY",
              "bert.encoder.layer.{}.attention.self.value > layers.{}.attention.qkv: VALUE",
              "bert.encoder.layer.{}.attention.output.dense > layers.{}.attention.dense: COLUMNS",
              "bert.encoder.layer.{}.attention.output.LayerNorm > layers.{}.input_layernorm: WHOLE",
              "bert.encoder.layer.{}.intermediate.dense > layers.{}.mlp.fc: ROWS",
              "bert.encoder.layer.{}.output.dense > layers.{}.mlp.proj: COLUMNS",
              "bert.encoder.layer.{}.output.LayerNorm > layers.{}.post_layernorm: WHOLE"),
          Map.of(
              "layer_norm_eps", "norm_epsilon",
              "intermediate_size", "intermediate_size",
              "hidden_act", "hidden_act",
              "type_vocab_size", "type_vocab_size"),
          Map.of("position_embedding_type", "learned_absolute", "is_roberta", false));

  private NormTables() {}

  private static List<String> withNormsOfHeads() {
    List<String> lines = new ArrayList<>(GEMMA);
    lines.add("model.layers.{}.self_attn.q_norm > attention.q_layernorm: ONE_ADDED");
    lines.add("model.layers.{}.self_attn.k_norm > attention.k_layernorm: ONE_ADDED");
    return lines;
  }
}
