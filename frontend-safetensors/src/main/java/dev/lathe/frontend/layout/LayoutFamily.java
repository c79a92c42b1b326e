package dev.lathe.frontend.layout;

import com.google.gson.JsonPrimitive;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// How families of one style are written in the TensorRT-LLM layout.
///
/// @param architectures class names that are written so
/// @param positions values of `position_embedding_type` that the style has
/// @param fields name in this layout, and the one of the Hugging Face layout with the same meaning
/// @param fixed fields that may have one value only: importers know no other
/// @param tensors what holds each module that importers ask for
record LayoutFamily(
    List<String> architectures,
    List<String> positions,
    Map<String, String> fields,
    Map<String, JsonPrimitive> fixed,
    List<TensorRule> tensors) {
  LayoutFamily {
    architectures = List.copyOf(architectures);
    positions = List.copyOf(positions);
    fields = Map.copyOf(fields);
    fixed = Map.copyOf(fixed);
    tensors = List.copyOf(tensors);
  }

  /// All that are known.
  static List<LayoutFamily> all() {
    return List.of(LlamaLayout.PLAIN, LlamaLayout.WITH_HEAD_NORMS);
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
