package dev.lathe.tests.layout;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Cuts a checkpoint of a Llama-like decoder into the ranks of a parallel model, as the tools of
/// that layout do.
final class RankedConversion {
  /// Names of modules in a layer whose rows are cut.
  private static final Map<String, String> BY_ROWS =
      Map.of("mlp.gate_proj", "mlp.fc", "mlp.up_proj", "mlp.gate", "mlp.c_fc", "mlp.fc");

  private static final Map<String, String> BY_COLUMNS =
      Map.of(
          "self_attn.o_proj",
          "attention.dense",
          "mlp.down_proj",
          "mlp.proj",
          "mlp.c_proj",
          "mlp.proj");

  private static final Map<String, String> WHOLE =
      Map.of(
          "input_layernorm",
          "input_layernorm",
          "post_attention_layernorm",
          "post_layernorm",
          "self_attn.q_norm",
          "attention.q_layernorm",
          "self_attn.k_norm",
          "attention.k_layernorm");

  private final JsonObject source;
  private final Map<String, HeldTensor> tensors;
  private final Optional<ExpertConversion> experts;
  private final int shards;
  private final int stages;

  private RankedConversion(
      PlainCheckpoint model, Optional<ExpertConversion> experts, int shards, int stages) {
    this.source = model.config();
    this.tensors = model.tensors();
    this.experts = experts;
    this.shards = shards;
    this.stages = stages;
  }

  /// @param shards ranks that share each tensor
  /// @param stages of the pipeline
  static RankedCheckpoint of(Path model, int shards, int stages) throws IOException {
    return of(PlainCheckpoint.of(model), shards, stages, 1);
  }

  /// @param groups of the ranks that share a layer: the experts are dealt out to them
  static RankedCheckpoint of(PlainCheckpoint model, int shards, int stages, int groups) {
    Optional<CutTable> table = CutTable.of(model.architecture());
    if (table.isPresent()) {
      return new TableConversion(model.config(), model.tensors(), table.get(), shards, stages)
          .run();
    }
    PlainCheckpoint named =
        model.tensors().containsKey(Gpt2Names.TABLE) ? Gpt2Names.of(model) : model;
    Optional<ExpertConversion> experts = ExpertConversion.of(model, shards, groups);
    return new RankedConversion(named, experts, shards, stages).run();
  }

  private RankedCheckpoint run() {
    var result = RankedCheckpoint.empty(config(), shards * stages);
    int layers = source.get("num_hidden_layers").getAsInt();
    int first = 0;
    for (int stage = 0; stage < stages; stage++) {
      int end = first + layers / stages + (stage < layers % stages ? 1 : 0);
      for (int shard = 0; shard < shards; shard++) {
        Map<String, HeldTensor> rank = result.ranks().get(stage * shards + shard);
        for (int layer = first; layer < end; layer++) {
          String name = "model.layers." + layer;
          String stored = "transformer.layers." + (layer - first);
          layer(rank, name, stored, shard);
          if (experts.isPresent()) {
            experts.get().add(rank, name, stored, shard);
          }
        }
        ends(rank, stage, shard);
      }
      first = end;
    }
    return result;
  }

  private void ends(Map<String, HeldTensor> rank, int stage, int shard) {
    HeldTensor table = get("model.embed_tokens.weight");
    if (stage == 0) {
      rank.put("transformer.vocab_embedding.weight", table);
      find("model.positions.weight")
          .ifPresent(found -> rank.put("transformer.position_embedding.weight", found));
    }
    if (stage == stages - 1) {
      rank.put("transformer.ln_f.weight", get("model.norm.weight"));
      find("model.norm.bias").ifPresent(found -> rank.put("transformer.ln_f.bias", found));
      HeldTensor head = find("lm_head.weight").orElse(table);
      rank.put("lm_head.weight", head.padded(shards).rowPart(shard, shards));
    }
  }

  private void layer(Map<String, HeldTensor> rank, String name, String stored, int shard) {
    for (String kind : new String[] {".weight", ".bias"}) {
      stack(name + ".self_attn.", kind, shard)
          .ifPresent(stack -> rank.put(stored + ".attention.qkv" + kind, stack));
      BY_ROWS.forEach((from, to) ->
          find(name + "." + from + kind)
              .ifPresent(
                  found -> rank.put(stored + "." + to + kind, found.rowPart(shard, shards))));
      WHOLE.forEach((from, to) ->
          find(name + "." + from + kind)
              .ifPresent(found -> rank.put(stored + "." + to + kind, found)));
      BY_COLUMNS.forEach((from, to) ->
          find(name + "." + from + kind)
              .ifPresent(found ->
                  rank.put(
                      stored + "." + to + kind,
                      kind.equals(".bias") ? found : found.columnPart(shard, shards))));
    }
  }

  private Optional<HeldTensor> find(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  private HeldTensor get(String name) {
    return find(name).orElseThrow();
  }

  private Optional<HeldTensor> stack(String prefix, String kind, int shard) {
    return find(prefix + "q_proj" + kind)
        .map(query ->
            query
                .rowPart(shard, shards)
                .above(heads(get(prefix + "k_proj" + kind), shard))
                .above(heads(get(prefix + "v_proj" + kind), shard)));
  }

  /// The KV heads of a rank; one that it shares with others, if there are fewer than ranks.
  private HeldTensor heads(HeldTensor all, int shard) {
    int heads = source.get("num_key_value_heads").getAsInt();
    return heads >= shards
        ? all.rowPart(shard, shards)
        : all.rowPart(shard * heads / shards, heads);
  }

  private JsonObject config() {
    var config = new JsonObject();
    name(config, source.getAsJsonArray("architectures").get(0).getAsString());
    config.addProperty("logits_dtype", "float32");
    Map.of(
            "rms_norm_eps", "norm_epsilon",
            "norm_epsilon", "norm_epsilon",
            "attention_bias", "attn_bias",
            "use_bias", "bias",
            "head_dim", "head_size")
        .forEach((from, to) -> {
          if (source.has(from)) {
            config.add(to, source.get(from));
          }
        });
    for (String same :
        new String[] {
          "dtype",
          "vocab_size",
          "hidden_size",
          "intermediate_size",
          "num_hidden_layers",
          "num_attention_heads",
          "num_key_value_heads",
          "max_position_embeddings",
          "hidden_act",
          "sliding_window",
          "bos_token_id",
          "eos_token_id"
        }) {
      config.add(same, source.get(same));
    }
    rotary(config);
    factors(config);
    config.add("mapping", mapping());
    config.add("quantization", quantization());
    experts.ifPresent(each -> each.configure(config));
    return config;
  }

  private static void name(JsonObject config, String architecture) {
    Map<String, String> variants =
        Map.of("GPT2LMHeadModel", "gpt2", "Starcoder2ForCausalLM", "starcoder2");
    String variant = variants.get(architecture);
    config.addProperty("architecture", variant == null ? architecture : "GPTForCausalLM");
    config.addProperty(
        "position_embedding_type",
        architecture.equals("GPT2LMHeadModel") ? "learned_absolute" : "rope_gpt_neox");
    if (variant != null) {
      config.addProperty("gpt_variant", variant);
    }
  }

  private void rotary(JsonObject config) {
    if (!source.has("rope_parameters")) {
      return;
    }
    JsonObject rotary = source.getAsJsonObject("rope_parameters").deepCopy();
    config.add("rotary_base", rotary.remove("rope_theta"));
    JsonElement type = rotary.get("rope_type");
    if (!type.getAsString().equals("default")) {
      config.add("rotary_scaling", rotary);
    }
  }

  private void factors(JsonObject config) {
    if (source.has("logits_scaling")) {
      config.add("embedding_multiplier", source.get("embedding_multiplier"));
      config.add("residual_multiplier", source.get("residual_multiplier"));
      double scores = source.get("attention_multiplier").getAsDouble();
      double width = source.get("hidden_size").getAsDouble();
      double heads = source.get("num_attention_heads").getAsDouble();
      config.addProperty("attention_multiplier", scores * Math.sqrt(width / heads));
      double scaling = source.get("logits_scaling").getAsDouble();
      config.addProperty("output_multiplier_scale", 1 / scaling);
    }
  }

  private JsonObject mapping() {
    var mapping = new JsonObject();
    mapping.addProperty("world_size", shards * stages);
    mapping.addProperty("tp_size", shards);
    mapping.addProperty("pp_size", stages);
    mapping.addProperty("gpus_per_node", 8);
    return mapping;
  }

  private static JsonObject quantization() {
    var quantization = new JsonObject();
    quantization.add("quant_algo", JsonNull.INSTANCE);
    quantization.add("kv_cache_quant_algo", JsonNull.INSTANCE);
    quantization.addProperty("group_size", 128);
    return quantization;
  }
}
