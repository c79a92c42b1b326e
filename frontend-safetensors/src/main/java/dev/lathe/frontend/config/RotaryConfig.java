package dev.lathe.frontend.config;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Rotary position embedding. Source: Su et al., RoFormer, 2021.
///
/// @param theta base of the geometric series of wavelengths
public record RotaryConfig(double theta, RotaryScaling scaling) {
  private static final double DEFAULT_THETA = 10_000;
  private static final double MAX_THETA = 1e12;
  private static final String KNOWN = "default, linear, llama3";

  /// Reads `rope_parameters` (transformers 5), or `rope_theta` and `rope_scaling` (transformers 4).
  static RotaryConfig read(ConfigFields config) {
    Optional<ConfigFields> newer = config.object("rope_parameters");
    Optional<ConfigFields> older = config.object("rope_scaling");
    if (newer.isPresent() && older.isPresent()) {
      throw new ConfigException(
          ConfigError.CONFLICT,
          config.where() + ": both rope_parameters and rope_scaling are there");
    }
    Optional<Double> outer = theta(config);
    Optional<Double> inner = newer.flatMap(RotaryConfig::theta);
    if (outer.isPresent() && inner.isPresent() && !outer.equals(inner)) {
      throw new ConfigException(
          ConfigError.CONFLICT,
          config.at("rope_theta")
              + " is "
              + outer.get()
              + ", but rope_parameters has "
              + inner.get());
    }
    RotaryScaling scaling =
        newer
            .or(() -> older)
            .map(fields -> scaling(fields, config))
            .orElse(new RotaryScaling.None());
    refusePartial(config);
    newer.ifPresent(RotaryConfig::refusePartial);
    return new RotaryConfig(inner.or(() -> outer).orElse(DEFAULT_THETA), scaling);
  }

  private static Optional<Double> theta(ConfigFields fields) {
    return fields.number("rope_theta", 1, MAX_THETA);
  }

  private static void refusePartial(ConfigFields fields) {
    fields
        .number("partial_rotary_factor", 0, 1)
        .filter(part -> part != 1)
        .ifPresent(part -> {
          throw fields.unsupported("partial_rotary_factor", part.toString(), "1");
        });
  }

  private static RotaryScaling scaling(ConfigFields fields, ConfigFields config) {
    if (fields.mentions("full_attention") || fields.mentions("sliding_attention")) {
      throw fields.unsupported("full_attention", "by layer", "one rotary embedding for all layers");
    }
    String type = type(fields);
    return switch (type) {
      case "default" -> new RotaryScaling.None();
      case "linear" -> new RotaryScaling.Linear(factor(fields));
      case "llama3" -> llama3(fields, config);
      default -> throw fields.unsupported("rope_type", type, KNOWN);
    };
  }

  /// `type` is the older spelling of `rope_type`; files with both have the same in both.
  private static String type(ConfigFields fields) {
    Optional<String> older = fields.text("type");
    Optional<String> newer = fields.text("rope_type");
    if (older.isPresent() && newer.isPresent() && !older.equals(newer)) {
      throw new ConfigException(
          ConfigError.CONFLICT,
          fields.at("rope_type") + " is " + newer.get() + ", but type is " + older.get());
    }
    return newer.or(() -> older).orElse("default");
  }

  private static double factor(ConfigFields fields) {
    return fields.requiredNumber("factor", 1, 1e6);
  }

  private static RotaryScaling llama3(ConfigFields fields, ConfigFields config) {
    double low = fields.requiredNumber("low_freq_factor", 1e-6, 1e6);
    double high = fields.requiredNumber("high_freq_factor", 1e-6, 1e6);
    if (low >= high) {
      throw new ConfigException(
          ConfigError.FIELD_RANGE,
          fields.at("low_freq_factor")
              + " must be less than high_freq_factor "
              + high
              + ", but is "
              + low);
    }
    String positions = "original_max_position_embeddings";
    int original =
        fields
            .integer(positions, 1, Integer.MAX_VALUE)
            .or(() -> config.integer(positions, 1, Integer.MAX_VALUE))
            .orElseThrow(() -> fields.missing(positions));
    return new RotaryScaling.Llama3(factor(fields), low, high, original);
  }

  /// Angle per position of each pair of elements, `rotaryDim / 2` of them, scaling included.
  ///
  /// @param rotaryDim elements of a head that are rotated, even
  public List<Double> inverseFrequencies(int rotaryDim) {
    return IntStream.range(0, rotaryDim / 2)
        .mapToObj(i -> scaling.scale(Math.pow(theta, -2.0 * i / rotaryDim)))
        .toList();
  }
}
