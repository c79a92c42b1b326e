package dev.lathe.frontend.config;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// How many keys each layer sees: `sliding_window` and what belongs to it.
public final class AttentionWindows {
  private static final int ALL = 0;
  private static final int MAX_WINDOW = 1 << 26;
  private static final int DEFAULT_WINDOW = 4096;
  private static final int DEFAULT_FIRST_LAYER = 28;
  private static final String FULL = "full_attention";
  private static final String SLIDING = "sliding_attention";

  private AttentionWindows() {}

  /// Mistral: one window for all layers, 4096 if the field is absent, none if it is null.
  ///
  /// @return for each layer the keys that a query sees, its own included; 0: all
  public static List<Integer> ofAllLayers(ModelConfig config) {
    return ofAllLayers(config, window(config.fields()));
  }

  /// StarCoder2, Phi-3: one window for all layers, none if the field is absent or null.
  ///
  /// @return for each layer the keys that a query sees, its own included; 0: all
  public static List<Integer> ofAllLayersIfAny(ModelConfig config) {
    return ofAllLayers(config, config.fields().integer("sliding_window", 1, MAX_WINDOW));
  }

  /// Gemma: layers take turns. `layer_types` says which layers have the window, or else all but
  /// each n-th have it.
  ///
  /// @param period n, where `sliding_window_pattern` does not say it
  /// @return for each layer the keys that a query sees, its own included; 0: all
  public static List<Integer> inTurns(ModelConfig config, int period) {
    ConfigFields fields = config.fields();
    Optional<Integer> window = window(fields);
    if (fields.has("layer_types")) {
      return byType(config, window);
    }
    int every = fields.integer("sliding_window_pattern", 1, MAX_WINDOW).orElse(period);
    return IntStream.range(0, config.layers())
        .mapToObj(layer -> (layer + 1) % every == 0 ? ALL : window.orElse(ALL))
        .toList();
  }

  private static List<Integer> ofAllLayers(ModelConfig config, Optional<Integer> window) {
    int assumed = window.orElse(ALL);
    return config.fields().has("layer_types")
        ? byType(config, window)
        : Collections.nCopies(config.layers(), assumed);
  }

  /// Qwen: none unless `use_sliding_window`; then `layer_types` says which layers have it, or else
  /// those from number `max_window_layers` on have it.
  public static List<Integer> ofUpperLayers(ModelConfig config) {
    ConfigFields fields = config.fields();
    boolean used = fields.flag("use_sliding_window").orElse(false);
    Optional<Integer> window = used ? window(fields) : Optional.empty();
    if (fields.has("layer_types")) {
      return byType(config, window);
    }
    int first =
        fields.integer("max_window_layers", 0, Integer.MAX_VALUE).orElse(DEFAULT_FIRST_LAYER);
    return IntStream.range(0, config.layers())
        .mapToObj(layer -> layer >= first ? window.orElse(ALL) : ALL)
        .toList();
  }

  private static Optional<Integer> window(ConfigFields fields) {
    return fields.mentions("sliding_window")
        ? fields.integer("sliding_window", 1, MAX_WINDOW)
        : Optional.of(DEFAULT_WINDOW);
  }

  private static List<Integer> byType(ModelConfig config, Optional<Integer> window) {
    ConfigFields fields = config.fields();
    List<String> types = fields.texts("layer_types");
    if (types.size() != config.layers()) {
      throw new ConfigException(
          ConfigError.CONFLICT,
          fields.at("layer_types")
              + " has "
              + types.size()
              + " elements for "
              + config.layers()
              + " layers");
    }
    return types.stream().map(type -> window(fields, type, window)).toList();
  }

  private static int window(ConfigFields fields, String type, Optional<Integer> window) {
    return switch (type) {
      case FULL -> ALL;
      case SLIDING ->
          window.orElseThrow(() ->
              new ConfigException(
                  ConfigError.CONFLICT,
                  fields.at("layer_types") + " has " + SLIDING + ", but no window is set"));
      default -> throw fields.unsupported("layer_types", type, FULL + ", " + SLIDING);
    };
  }
}
