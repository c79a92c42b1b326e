package dev.lathe.frontend.family;

import dev.lathe.frontend.config.ModelConfig;
import dev.lathe.ir.ModelBuilder;
import dev.lathe.ir.Value;

/// The table of embeddings, and the projection to the vocabulary, which may be the same weight. T
/// tokens, R rows of logits, H hidden, V tokens of the vocabulary.
///
/// @param table `(V, H)`
record Vocabulary(ModelConfig config, Value table) {

  /// @param tensor that is the table
  static Vocabulary of(ModelConfig config, ModelBuilder model, String tensor) {
    Value table = model.weight("embedding", tensor, config.vocabularySize(), config.hiddenSize());
    return new Vocabulary(config, table);
  }

  /// Activations of the first layer, `(T, H)`.
  Value embed(ModelBuilder model) {
    return model.embedding("embedding", table);
  }

  /// Logits `(T, V)`.
  ///
  /// @param last activations behind the last norm, `(T, H)`
  /// @param tensor `(V, H)` that is the projection where the configuration does not tie it
  Value logits(ModelBuilder model, Value last, String tensor) {
    return config.tiedEmbeddings()
        ? model.logitsLinear("lm_head", last, table)
        : model.logitsLinear("lm_head", last, tensor, config.vocabularySize());
  }
}
