package dev.lathe.frontend.layout;

import static dev.lathe.frontend.layout.TensorRule.first;

import java.util.List;

/// BERT without a head in the TensorRT-LLM layout, which knows tensor-parallel ranks of it only.
final class BertLayout {
  static final LayoutFamily FAMILY =
      new LayoutFamily(
          List.of(LayoutModel.of("BertModel")),
          List.of("learned_absolute"),
          LayoutFields.of(
              "intermediate_size", "intermediate_size",
              "norm_epsilon", "layer_norm_eps",
              "hidden_act", "hidden_act",
              "type_vocab_size", "type_vocab_size"),
          AllowedValues.ALL.with("is_roberta", false),
          List.of(
              first("embeddings.word_embeddings", "embedding.vocab_embedding", Spread.EMBEDDING),
              first("embeddings.position_embeddings", "embedding.position_embedding", Spread.WHOLE),
              first("embeddings.token_type_embeddings", "embedding.token_embedding", Spread.WHOLE),
              first("embeddings.LayerNorm", "embedding.embedding_ln", Spread.WHOLE),
              layer("attention.self.query", "attention.qkv", Spread.QUERY),
              layer("attention.self.key", "attention.qkv", Spread.KEY),
              layer("attention.self.value", "attention.qkv", Spread.VALUE),
              layer("attention.output.dense", "attention.dense", Spread.COLUMNS),
              layer("attention.output.LayerNorm", "input_layernorm", Spread.WHOLE),
              layer("intermediate.dense", "mlp.fc", Spread.ROWS),
              layer("output.dense", "mlp.proj", Spread.COLUMNS),
              layer("output.LayerNorm", "post_layernorm", Spread.WHOLE)));

  private BertLayout() {}

  private static TensorRule layer(String name, String stored, Spread spread) {
    return TensorRule.of("encoder.layer.{}." + name, "layers.{}." + stored, spread);
  }
}
