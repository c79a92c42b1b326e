package dev.lathe.frontend.family;

import dev.lathe.frontend.config.AttentionWindows;
import dev.lathe.frontend.config.FamilyDefaults;
import dev.lathe.frontend.config.ModelConfig;
import dev.lathe.frontend.spi.ImportOptions;
import dev.lathe.frontend.spi.ModelImporter;
import dev.lathe.ir.ModelBuilder;
import java.util.List;
import java.util.Optional;

/// Mistral 7B, Nemo and Small: as Llama without biases, with a sliding window in the first version,
/// and a `head_dim` of its own.
public final class MistralImporter implements ModelImporter {
  @Override
  public String id() {
    return "mistral";
  }

  @Override
  public List<String> architectures() {
    return List.of("MistralForCausalLM");
  }

  @Override
  public FamilyDefaults defaults() {
    return new FamilyDefaults(false, 131_072, Optional.of(8), Optional.empty());
  }

  @Override
  public boolean ignores(String tensor) {
    return GatedDecoder.isRotaryBuffer(tensor);
  }

  @Override
  public void define(ModelConfig config, ImportOptions options, ModelBuilder model) {
    var traits = GatedDecoder.Traits.PLAIN;
    new GatedDecoder(config, traits, AttentionWindows.ofAllLayers(config)).define(options, model);
  }
}
