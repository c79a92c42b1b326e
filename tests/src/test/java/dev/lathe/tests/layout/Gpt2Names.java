package dev.lathe.tests.layout;

import com.google.gson.JsonObject;
import java.util.Map;
import java.util.TreeMap;

/// A GPT-2 checkpoint with names and shapes as in younger decoders: weights `(outputs, inputs)`,
/// and projections of their own to queries, keys and values.
final class Gpt2Names {
  static final String TABLE = "transformer.wte.weight";

  private static final Map<String, String> MODULES =
      Map.of(
          "transformer.wte", "model.embed_tokens",
          "transformer.wpe", "model.positions",
          "transformer.ln_f", "model.norm",
          "transformer.h.", "model.layers.",
          ".ln_1", ".input_layernorm",
          ".ln_2", ".post_attention_layernorm",
          ".attn.c_proj", ".self_attn.o_proj");

  private static final Map<String, String> FIELDS =
      Map.of(
          "n_embd", "hidden_size",
          "n_layer", "num_hidden_layers",
          "n_head", "num_attention_heads",
          "n_inner", "intermediate_size",
          "n_positions", "max_position_embeddings",
          "layer_norm_epsilon", "rms_norm_eps",
          "activation_function", "hidden_act");

  private Gpt2Names() {}

  static PlainCheckpoint of(PlainCheckpoint model) {
    return new PlainCheckpoint(config(model.config()), tensors(model.tensors()));
  }

  private static JsonObject config(JsonObject source) {
    var config = source.deepCopy();
    FIELDS.forEach((from, to) -> config.add(to, source.get(from)));
    config.add("num_key_value_heads", source.get("n_head"));
    return config;
  }

  private static TreeMap<String, HeldTensor> tensors(Map<String, HeldTensor> source) {
    TreeMap<String, HeldTensor> tensors = new TreeMap<>();
    source.forEach((name, tensor) -> {
      boolean turned = name.contains(".c_") && name.endsWith(".weight");
      add(tensors, name, turned ? tensor.transposed() : tensor);
    });
    return tensors;
  }

  private static void add(Map<String, HeldTensor> tensors, String name, HeldTensor tensor) {
    String other = name;
    for (Map.Entry<String, String> module : MODULES.entrySet()) {
      other = other.replace(module.getKey(), module.getValue());
    }
    if (!other.contains(".attn.c_attn")) {
      tensors.put(other, tensor);
      return;
    }
    String[] parts = {"q_proj", "k_proj", "v_proj"};
    for (int i = 0; i < parts.length; i++) {
      String part = other.replace(".attn.c_attn", ".self_attn." + parts[i]);
      tensors.put(part, tensor.rowPart(i, parts.length));
    }
  }
}
