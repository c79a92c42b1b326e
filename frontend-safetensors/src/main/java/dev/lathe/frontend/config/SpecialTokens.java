package dev.lathe.frontend.config;

import java.util.List;
import java.util.Optional;

/// Tokens with a meaning for generation. As the Hugging Face library's `generate` does, a value of
/// `generation_config.json` replaces that of `config.json`: the lists are not merged.
///
/// @param vocabulary ids are less than this; others, which a model cannot produce, count as absent
record SpecialTokens(ConfigFields config, Optional<ConfigFields> generation, int vocabulary) {

  Optional<Integer> beginId() {
    return ids("bos_token_id").stream().findFirst();
  }

  List<Integer> endIds() {
    return ids("eos_token_id").stream().distinct().toList();
  }

  private List<Integer> ids(String field) {
    return generation
        .filter(fields -> fields.has(field))
        .orElse(config)
        .integers(field, 0, Integer.MAX_VALUE)
        .stream()
        .filter(id -> id < vocabulary)
        .toList();
  }
}
