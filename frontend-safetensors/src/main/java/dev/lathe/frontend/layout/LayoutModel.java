package dev.lathe.frontend.layout;

import dev.lathe.frontend.config.ConfigFields;
import java.util.Optional;

/// The names of a model.
///
/// @param architecture in this layout
/// @param variant `gpt_variant`, where several models have one architecture
/// @param experts true if its feed-forward layers are mixtures of experts
/// @param importer the architecture that importers know
record LayoutModel(
    String architecture, Optional<String> variant, boolean experts, String importer) {

  /// A model of the same name in both layouts.
  static LayoutModel of(String architecture) {
    return new LayoutModel(architecture, Optional.empty(), false, architecture);
  }

  static LayoutModel ofVariant(String architecture, String variant, String importer) {
    return new LayoutModel(architecture, Optional.of(variant), false, importer);
  }

  /// A model with experts.
  static LayoutModel withExperts(String architecture, String importer) {
    return new LayoutModel(architecture, Optional.empty(), true, importer);
  }

  /// `GPTForCausalLM (gpt2)`.
  String text() {
    return architecture + variant.map(name -> " (" + name + ")").orElse("");
  }

  /// True if the configuration names this model.
  boolean isOf(ConfigFields config) {
    return config.text("architecture").equals(Optional.of(architecture))
        && (variant.isEmpty() || config.text("gpt_variant").equals(variant))
        && experts == ExpertShards.count(config).isPresent();
  }

  /// True if the configuration names this model, but for experts.
  boolean hasOtherExperts(ConfigFields config) {
    return config.text("architecture").equals(Optional.of(architecture))
        && experts != ExpertShards.count(config).isPresent();
  }
}
