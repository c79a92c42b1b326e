package dev.lathe.frontend.family;

import dev.lathe.frontend.config.AttentionWindows;
import dev.lathe.frontend.config.FamilyDefaults;
import dev.lathe.frontend.config.ModelConfig;
import dev.lathe.frontend.spi.ImportOptions;
import dev.lathe.frontend.spi.ModelImporter;
import dev.lathe.ir.ModelBuilder;
import java.util.List;
import java.util.Optional;

/// Qwen 3 (dense): as Llama with an RMSNorm on each head of q and k, and a `head_dim` that does not
/// follow from the hidden size.
public final class Qwen3Importer implements ModelImporter {
  @Override
  public String id() {
    return "qwen3";
  }

  @Override
  public List<String> architectures() {
    return List.of("Qwen3ForCausalLM");
  }

  @Override
  public FamilyDefaults defaults() {
    return new FamilyDefaults(false, 32_768, Optional.of(32), Optional.of(128));
  }

  @Override
  public boolean ignores(String tensor) {
    return GatedDecoder.isRotaryBuffer(tensor);
  }

  @Override
  public void define(ModelConfig config, ImportOptions options, ModelBuilder model) {
    boolean bias = config.fields().flag("attention_bias").orElse(false);
    var traits = GatedDecoder.Traits.PLAIN.withAttentionBias(bias).withHeadNorms();
    new GatedDecoder(config, traits, AttentionWindows.ofUpperLayers(config)).define(options, model);
  }
}
