package dev.lathe.frontend.family;

import dev.lathe.frontend.config.ModelConfig;
import dev.lathe.ir.ActivationFunction;
import dev.lathe.ir.ModelBuilder;
import dev.lathe.ir.Value;

/// The feed-forward layer: to the intermediate width I, where elements are bent, and back. T
/// tokens, H hidden.
///
/// @param width I
/// @param hidden H
/// @param bias true if all projections have one
record FeedForward(int width, int hidden, ActivationFunction function, boolean bias) {

  static FeedForward of(ModelConfig config, boolean bias) {
    return new FeedForward(
        config.intermediateSize(), config.hiddenSize(), config.activationFunction(), bias);
  }

  /// `down(function(up(in)))`, `(T, H)`.
  ///
  /// @param in `(T, H)`
  /// @param up module of the projection to I
  /// @param down module of the projection back
  Value plain(ModelBuilder layer, Value in, String up, String down) {
    Value opened = layer.linear("mlp.up", in, up, width, bias);
    Value activated = layer.activate("mlp.activation", opened, function);
    return layer.linear("mlp.down", activated, down, hidden, bias);
  }

  /// `down(function(gate(in)) * up(in))` of `mlp.gate_proj`, `up_proj` and `down_proj`, `(T, H)`.
  ///
  /// @param in `(T, H)`
  Value gated(ModelBuilder layer, Value in) {
    Value gate = layer.linear("mlp.gate", in, "mlp.gate_proj", width, bias);
    Value up = layer.linear("mlp.up", in, "mlp.up_proj", width, bias);
    return gated(layer, gate, up);
  }

  /// As above, of the products with gate and up, `(T, I)`.
  Value gated(ModelBuilder layer, Value gate, Value up) {
    Value open = layer.activate("mlp.activation", gate, function);
    Value product = layer.multiply("mlp.product", open, up);
    return layer.linear("mlp.down", product, "mlp.down_proj", hidden, bias);
  }
}
