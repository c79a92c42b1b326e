package dev.lathe.frontend.layout;

import com.google.gson.JsonPrimitive;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// How families of one style are written in the TensorRT-LLM layout.
///
/// @param models that are written so
/// @param positions values of `position_embedding_type` that the style has
/// @param fields name in this layout, and the one of the Hugging Face layout with the same meaning
/// @param fixed fields that may have one value only: importers know no other
/// @param flags of the Hugging Face layout that follow from other fields
/// @param tensors what holds each module that importers ask for
record LayoutFamily(
    List<Model> models,
    List<String> positions,
    Map<String, String> fields,
    Map<String, JsonPrimitive> fixed,
    List<Flag> flags,
    List<TensorRule> tensors) {
  LayoutFamily {
    models = List.copyOf(models);
    positions = List.copyOf(positions);
    fields = Map.copyOf(fields);
    fixed = Map.copyOf(fixed);
    flags = List.copyOf(flags);
    tensors = List.copyOf(tensors);
  }

  /// A style without flags.
  LayoutFamily(
      List<Model> models,
      List<String> positions,
      Map<String, String> fields,
      Map<String, JsonPrimitive> fixed,
      List<TensorRule> tensors) {
    this(models, positions, fields, fixed, List.of(), tensors);
  }

  /// A flag that is true if a field of this layout has a value, and false otherwise.
  ///
  /// @param name in the Hugging Face layout
  record Flag(String name, String field, JsonPrimitive value) {}

  /// A model's names.
  ///
  /// @param architecture in this layout
  /// @param variant `gpt_variant`, where several models have one architecture
  /// @param importer the architecture that importers know
  record Model(String architecture, Optional<String> variant, String importer) {

    /// A model of the same name in both layouts.
    static Model of(String architecture) {
      return new Model(architecture, Optional.empty(), architecture);
    }

    /// `GPTForCausalLM (gpt2)`.
    String text() {
      return architecture + variant.map(name -> " (" + name + ")").orElse("");
    }
  }

  /// All that are known.
  static List<LayoutFamily> all() {
    return List.of(
        LlamaLayout.PLAIN,
        LlamaLayout.WITH_HEAD_NORMS,
        GptLayout.GPT2,
        GptLayout.STARCODER2,
        GptNeoxLayout.FAMILY,
        GptJLayout.FAMILY,
        OptLayout.FAMILY,
        BloomLayout.FAMILY,
        FalconLayout.FAMILY,
        Phi3Layout.FAMILY);
  }

  /// Name of the module with the table of embeddings, as importers ask for it.
  String embedding() {
    return storedIn("transformer.vocab_embedding").findFirst().orElseThrow().name();
  }

  /// Name of the module with the projection to the vocabulary, as importers ask for it.
  String head() {
    return storedIn("lm_head").findFirst().orElseThrow().name();
  }

  /// The rules by the module that importers ask for.
  Stream<TensorRule> named(String module) {
    return tensors.stream().filter(rule -> rule.name().equals(module));
  }

  /// The rules by the module that holds them.
  Stream<TensorRule> storedIn(String module) {
    return tensors.stream().filter(rule -> rule.stored().equals(module));
  }
}
