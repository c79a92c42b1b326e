package dev.lathe.frontend.layout;

import static java.util.Map.entry;

import java.util.HashMap;
import java.util.Map;

/// Names of fields that all decoders of the TensorRT-LLM layout have, by the names of the Hugging
/// Face layout.
final class LayoutFields {
  private static final Map<String, String> FIELDS =
      Map.ofEntries(
          entry("dtype", "dtype"),
          entry("vocab_size", "vocab_size"),
          entry("hidden_size", "hidden_size"),
          entry("num_hidden_layers", "num_hidden_layers"),
          entry("num_attention_heads", "num_attention_heads"),
          entry("num_key_value_heads", "num_key_value_heads"),
          entry("head_size", "head_dim"),
          entry("max_position_embeddings", "max_position_embeddings"),
          entry("tie_word_embeddings", "tie_word_embeddings"),
          entry("bos_token_id", "bos_token_id"),
          entry("eos_token_id", "eos_token_id"));

  private LayoutFields() {}

  /// The common fields, and pairs of a name here and a name there, which may name a common one
  /// anew.
  static Map<String, String> of(String... pairs) {
    Map<String, String> fields = new HashMap<>(FIELDS);
    for (int i = 0; i < pairs.length; i += 2) {
      fields.put(pairs[i], pairs[i + 1]);
    }
    return fields;
  }
}
