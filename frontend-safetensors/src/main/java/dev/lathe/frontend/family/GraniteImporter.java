package dev.lathe.frontend.family;

import dev.lathe.frontend.config.ConfigFields;
import dev.lathe.frontend.config.FamilyDefaults;
import dev.lathe.frontend.config.ModelConfig;
import dev.lathe.frontend.spi.ImportOptions;
import dev.lathe.frontend.spi.ModelImporter;
import dev.lathe.ir.ModelBuilder;
import java.util.Collections;
import java.util.List;

/// Granite (dense): as Llama, with embeddings, scores, what is added to the residual stream, and
/// logits multiplied by constants.
public final class GraniteImporter implements ModelImporter {
  private static final double MAX_FACTOR = 1e6;
  private static final double MIN_FACTOR = 1e-6;

  @Override
  public String id() {
    return "granite";
  }

  @Override
  public List<String> architectures() {
    return List.of("GraniteForCausalLM");
  }

  @Override
  public FamilyDefaults defaults() {
    return FamilyDefaults.of(false, 2048);
  }

  @Override
  public boolean ignores(String tensor) {
    return GatedDecoder.isRotaryBuffer(tensor);
  }

  @Override
  public void define(ModelConfig config, ImportOptions options, ModelBuilder model) {
    ConfigFields fields = config.fields();
    boolean attentionBias = fields.flag("attention_bias").orElse(false);
    boolean mlpBias = fields.flag("mlp_bias").orElse(false);
    var factors =
        new GatedDecoder.Factors(
            factor(fields, "embedding_multiplier"),
            factor(fields, "attention_multiplier"),
            factor(fields, "residual_multiplier"),
            1 / factor(fields, "logits_scaling"));
    var traits =
        GatedDecoder.Traits.PLAIN
            .withAttentionBias(attentionBias)
            .withMlpBias(mlpBias)
            .with(factors);
    List<Integer> windows = Collections.nCopies(config.layers(), 0);
    new GatedDecoder(config, traits, windows).define(options, model);
  }

  private static double factor(ConfigFields fields, String name) {
    return fields.number(name, MIN_FACTOR, MAX_FACTOR).orElse(1.0);
  }
}
