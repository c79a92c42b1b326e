package dev.lathe.frontend.layout;

import dev.lathe.frontend.config.ConfigFields;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// How families of one style are written in the TensorRT-LLM layout.
///
/// @param models that are written so
/// @param positions values of `position_embedding_type` that the style has
/// @param fields name in this layout, and the one of the Hugging Face layout with the same meaning
/// @param allowed values of fields of which importers do not know all values
/// @param derived fields of the Hugging Face layout that have no counterpart
/// @param tensors what holds each module that importers ask for
record LayoutFamily(
    List<LayoutModel> models,
    List<String> positions,
    Map<String, String> fields,
    AllowedValues allowed,
    List<DerivedField> derived,
    List<TensorRule> tensors) {
  LayoutFamily {
    models = List.copyOf(models);
    positions = List.copyOf(positions);
    fields = Map.copyOf(fields);
    derived = List.copyOf(derived);
    tensors = List.copyOf(tensors);
  }

  /// A style without derived fields.
  LayoutFamily(
      List<LayoutModel> models,
      List<String> positions,
      Map<String, String> fields,
      AllowedValues allowed,
      List<TensorRule> tensors) {
    this(models, positions, fields, allowed, List.of(), tensors);
  }

  /// All that are known.
  static List<LayoutFamily> all() {
    return List.of(
        LlamaLayout.PLAIN,
        LlamaLayout.WITH_HEAD_NORMS,
        LlamaLayout.WITH_FACTORS,
        ExpertLayout.MIXTRAL,
        ExpertLayout.QWEN3,
        GemmaLayout.GEMMA2,
        GemmaLayout.GEMMA3,
        GptLayout.GPT2,
        GptLayout.STARCODER2,
        GptNeoxLayout.FAMILY,
        GptJLayout.FAMILY,
        OptLayout.FAMILY,
        BloomLayout.FAMILY,
        FalconLayout.FAMILY,
        Phi3Layout.FAMILY,
        BertLayout.FAMILY);
  }

  /// The model of this style that a configuration names.
  Optional<LayoutModel> model(ConfigFields config) {
    return models.stream().filter(model -> model.isOf(config)).findFirst();
  }

  /// Name of the module with the table of embeddings, as importers ask for it.
  String embedding() {
    return spreadAs(Spread.EMBEDDING).orElseThrow();
  }

  /// Name of the module with the projection to the vocabulary, as importers ask for it; empty if
  /// there is none.
  Optional<String> head() {
    return spreadAs(Spread.VOCABULARY);
  }

  private Optional<String> spreadAs(Spread spread) {
    return tensors.stream()
        .filter(rule -> rule.spread() == spread)
        .map(TensorRule::name)
        .findFirst();
  }

  /// The rules by a tensor that importers ask for.
  Stream<TensorRule> asked(TensorPath tensor) {
    return tensors.stream().filter(rule -> rule.isAskedAs(tensor));
  }

  /// The rules by a tensor that holds what they name.
  Stream<TensorRule> stored(TensorPath tensor) {
    return tensors.stream().filter(rule -> rule.isStoredAs(tensor));
  }
}
