package dev.lathe.frontend.family;

import dev.lathe.frontend.config.AttentionWindows;
import dev.lathe.frontend.config.ConfigFields;
import dev.lathe.frontend.config.FamilyDefaults;
import dev.lathe.frontend.config.ModelConfig;
import dev.lathe.frontend.config.RotaryConfig;
import dev.lathe.frontend.config.RotaryScaling;
import dev.lathe.frontend.spi.ImportOptions;
import dev.lathe.frontend.spi.ModelImporter;
import dev.lathe.ir.ModelBuilder;
import dev.lathe.ir.RotarySpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Gemma 3, its text part: five layers that see a window to one that sees all keys, each kind with
/// a rotary embedding of its own; norms of the heads of q and k.
public final class Gemma3Importer implements ModelImporter {
  private static final Map<String, List<String>> NAMES =
      Map.of(
          "hidden_act", List.of("hidden_activation", "hidden_act"),
          "sliding_window_pattern", List.of("sliding_window_pattern", "_sliding_window_pattern"));
  private static final Pattern PICTURES =
      Pattern.compile("(model\\.)?(vision_tower|multi_modal_projector)\\..*");
  private static final int PERIOD = 6;
  private static final double GLOBAL_THETA = 1e6;
  private static final double LOCAL_THETA = 1e4;
  private static final double MAX_THETA = 1e12;

  @Override
  public String id() {
    return "gemma3";
  }

  @Override
  public List<String> architectures() {
    return List.of("Gemma3ForCausalLM", "Gemma3ForConditionalGeneration");
  }

  @Override
  public FamilyDefaults defaults() {
    return new FamilyDefaults(true, 131_072, Optional.of(4), Optional.of(256))
        .withActivation("gelu_pytorch_tanh")
        .withNames(NAMES)
        .withNested("text_config");
  }

  /// Pictures are not seen.
  @Override
  public boolean ignores(String tensor) {
    return GatedDecoder.isRotaryBuffer(tensor) || PICTURES.matcher(tensor).matches();
  }

  @Override
  public void define(ModelConfig config, ImportOptions options, ModelBuilder outer) {
    ModelBuilder model = outer.within("", prefix(config, outer));
    var tables = new RotaryTables(config, options, model);
    RotarySpec global = tables.halves("rotary", global(config));
    RotarySpec local = tables.halves("rotary.local", local(config));
    new GemmaDecoder(config, true, AttentionWindows.inTurns(config, PERIOD))
        .define(model, window -> window == 0 ? global : local);
  }

  /// A checkpoint that also sees pictures has its text part further down.
  private static String prefix(ModelConfig config, ModelBuilder outer) {
    if (config.architecture().equals("Gemma3ForCausalLM")) {
      return "model";
    }
    String older = "language_model.model";
    return outer.hasTensor(older + ".embed_tokens.weight") ? older : "model.language_model";
  }

  private static RotaryConfig global(ModelConfig config) {
    return ofLayers(config, "full_attention")
        .orElseGet(() ->
            config.fields().has("rope_theta")
                ? config.rotaryOfWholeHeads()
                : new RotaryConfig(GLOBAL_THETA, config.rotaryOfWholeHeads().scaling()));
  }

  private static RotaryConfig local(ModelConfig config) {
    return ofLayers(config, "sliding_attention")
        .orElseGet(() ->
            new RotaryConfig(
                config.fields().number("rope_local_base_freq", 1, MAX_THETA).orElse(LOCAL_THETA),
                new RotaryScaling.None()));
  }

  private static Optional<RotaryConfig> ofLayers(ModelConfig config, String kind) {
    Optional<ConfigFields> both =
        config
            .fields()
            .object("rope_parameters")
            .filter(fields ->
                fields.mentions("full_attention") || fields.mentions("sliding_attention"));
    return both.map(fields -> {
      ConfigFields own = fields.object(kind).orElseThrow(() -> fields.missing(kind));
      return RotaryConfig.ofLayers(own, config.fields());
    });
  }
}
