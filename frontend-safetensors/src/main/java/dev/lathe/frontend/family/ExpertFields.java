package dev.lathe.frontend.family;

import dev.lathe.frontend.config.ConfigError;
import dev.lathe.frontend.config.ConfigException;
import dev.lathe.frontend.config.ConfigFields;
import dev.lathe.frontend.config.LayoutTraits;
import dev.lathe.frontend.config.ModelConfig;
import dev.lathe.ir.ActivationFunction;
import dev.lathe.ir.ExpertSpec;
import dev.lathe.ir.MatrixOp.Activation;

/// What a configuration says of its experts.
record ExpertFields(ModelConfig config) {
  private static final int MAX_EXPERTS = 1 << 12;

  /// @param experts how many there are where the configuration does not say it
  /// @param widthField that has the width of an expert
  /// @param width where the configuration does not say it
  ExpertLayer layer(
      int experts,
      int topK,
      boolean normalise,
      String widthField,
      int width,
      ExpertLayer.Names names) {
    ConfigFields fields = config.fields();
    int count = fields.integer("num_experts", 1, MAX_EXPERTS).orElse(experts);
    int chosen = fields.integer("num_experts_per_tok", 1, MAX_EXPERTS).orElse(topK);
    if (chosen > count) {
      throw new ConfigException(
          ConfigError.FIELD_RANGE,
          fields.at("num_experts_per_tok") + " must be at most " + count + ", but is " + chosen);
    }
    int found = fields.integer(widthField, 1, 1 << 22).orElse(width);
    if (found % ExpertLayer.BLOCK != 0) {
      throw fields.unsupported(
          widthField, Integer.toString(found), "multiples of " + ExpertLayer.BLOCK);
    }
    boolean stacked = fields.flag(LayoutTraits.STACKED_EXPERTS).orElse(false);
    ExpertSpec spec = new ExpertSpec(chosen, normalise, function());
    return new ExpertLayer(count, found, spec, names, stacked);
  }

  private ActivationFunction function() {
    ActivationFunction function = config.activationFunction();
    if (Activation.gated(function).isEmpty()) {
      throw config
          .fields()
          .unsupported("hidden_act", config.activation(), "silu, gelu, gelu_pytorch_tanh");
    }
    return function;
  }
}
