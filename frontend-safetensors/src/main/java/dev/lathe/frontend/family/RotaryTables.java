package dev.lathe.frontend.family;

import dev.lathe.frontend.config.ModelConfig;
import dev.lathe.frontend.config.RotaryConfig;
import dev.lathe.frontend.spi.ImportOptions;
import dev.lathe.ir.ModelBuilder;
import dev.lathe.ir.RotarySpec;
import dev.lathe.ir.Value;

/// The table of a rotary embedding, as long as the longest sequence.
record RotaryTables(ModelConfig config, ImportOptions options, ModelBuilder model) {

  /// Pairs i and i + rotaryDim/2, the first elements of each head.
  RotarySpec halves(String name, RotaryConfig rotary) {
    return spec(name, rotary, rotary.rotaryDim(config.headDim()), false);
  }

  /// Neighbouring elements form the pairs.
  RotarySpec neighbours(String name, RotaryConfig rotary, int rotaryDim) {
    return spec(name, rotary, rotaryDim, true);
  }

  private RotarySpec spec(String name, RotaryConfig rotary, int rotaryDim, boolean interleaved) {
    int positions = options.positions().orElse(config.maxPositions());
    Value table =
        model.rotaryTable(
            name,
            positions,
            rotary.inverseFrequencies(rotaryDim, positions),
            rotary.scaling().magnitudeOfRotation());
    return new RotarySpec(table, config.headDim(), interleaved);
  }
}
