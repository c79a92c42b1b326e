package dev.lathe.frontend.family;

import dev.lathe.frontend.config.AttentionWindows;
import dev.lathe.frontend.config.FamilyDefaults;
import dev.lathe.frontend.config.ModelConfig;
import dev.lathe.frontend.spi.ImportOptions;
import dev.lathe.frontend.spi.ModelImporter;
import dev.lathe.ir.ModelBuilder;
import java.util.List;
import java.util.Optional;

/// Qwen 2 and 2.5: as Llama with biases on q, k and v, and a sliding window in the upper layers if
/// the configuration switches it on.
public final class Qwen2Importer implements ModelImporter {
  @Override
  public String id() {
    return "qwen2";
  }

  @Override
  public List<String> architectures() {
    return List.of("Qwen2ForCausalLM");
  }

  @Override
  public FamilyDefaults defaults() {
    return new FamilyDefaults(false, 32_768, Optional.of(32), Optional.empty());
  }

  @Override
  public boolean ignores(String tensor) {
    return GatedDecoder.isRotaryBuffer(tensor);
  }

  @Override
  public void define(ModelConfig config, ImportOptions options, ModelBuilder model) {
    var traits = GatedDecoder.Traits.PLAIN.withQueryKeyValueBias();
    new GatedDecoder(config, traits, AttentionWindows.ofUpperLayers(config)).define(options, model);
  }
}
