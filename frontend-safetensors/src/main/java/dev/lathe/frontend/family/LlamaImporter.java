package dev.lathe.frontend.family;

import dev.lathe.frontend.config.FamilyDefaults;
import dev.lathe.frontend.config.ModelConfig;
import dev.lathe.frontend.spi.ImportOptions;
import dev.lathe.frontend.spi.ModelImporter;
import dev.lathe.ir.ModelBuilder;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// Llama 1 to 3.3 and the many models of the same architecture: optional biases everywhere, tied or
/// own head, rotary scaling `linear` and `llama3`.
public final class LlamaImporter implements ModelImporter {
  @Override
  public String id() {
    return "llama";
  }

  @Override
  public List<String> architectures() {
    return List.of("LlamaForCausalLM", "LLaMAForCausalLM");
  }

  @Override
  public FamilyDefaults defaults() {
    return new FamilyDefaults(false, 2048, Optional.empty(), Optional.empty());
  }

  @Override
  public boolean ignores(String tensor) {
    return GatedDecoder.isRotaryBuffer(tensor);
  }

  @Override
  public void define(ModelConfig config, ImportOptions options, ModelBuilder model) {
    boolean attentionBias = config.fields().flag("attention_bias").orElse(false);
    boolean mlpBias = config.fields().flag("mlp_bias").orElse(false);
    var traits = GatedDecoder.Traits.PLAIN.withAttentionBias(attentionBias).withMlpBias(mlpBias);
    List<Integer> windows = Collections.nCopies(config.layers(), 0);
    new GatedDecoder(config, traits, windows).define(options, model);
  }
}
