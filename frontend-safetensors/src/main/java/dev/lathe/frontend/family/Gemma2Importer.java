package dev.lathe.frontend.family;

import dev.lathe.frontend.config.AttentionWindows;
import dev.lathe.frontend.config.FamilyDefaults;
import dev.lathe.frontend.config.ModelConfig;
import dev.lathe.frontend.spi.ImportOptions;
import dev.lathe.frontend.spi.ModelImporter;
import dev.lathe.ir.ModelBuilder;
import dev.lathe.ir.RotarySpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Gemma 2: layers that see a window and layers that see all keys take turns; scores and logits are
/// bent into a range.
public final class Gemma2Importer implements ModelImporter {
  private static final Map<String, List<String>> NAMES =
      Map.of("hidden_act", List.of("hidden_activation", "hidden_act"));
  private static final int PERIOD = 2;

  @Override
  public String id() {
    return "gemma2";
  }

  @Override
  public List<String> architectures() {
    return List.of("Gemma2ForCausalLM");
  }

  @Override
  public FamilyDefaults defaults() {
    return new FamilyDefaults(true, 8192, Optional.of(4), Optional.of(256))
        .withActivation("gelu_pytorch_tanh")
        .withNames(NAMES);
  }

  @Override
  public boolean ignores(String tensor) {
    return GatedDecoder.isRotaryBuffer(tensor);
  }

  @Override
  public void define(ModelConfig config, ImportOptions options, ModelBuilder outer) {
    ModelBuilder model = outer.within("", "model");
    RotarySpec rotary =
        new RotaryTables(config, options, model).halves("rotary", config.rotaryOfWholeHeads());
    new GemmaDecoder(config, false, AttentionWindows.inTurns(config, PERIOD))
        .define(model, _ -> rotary);
  }
}
