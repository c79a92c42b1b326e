package dev.lathe.frontend.config;

import java.util.List;
import java.util.Optional;

/// Reads the scaling of a rotary embedding.
///
/// @param fields `rope_parameters` or `rope_scaling`
/// @param config the whole file
record RotaryScalingFields(ConfigFields fields, ConfigFields config) {
  private static final String KNOWN = "default, linear, llama3, longrope, yarn";
  private static final String ORIGINAL = "original_max_position_embeddings";
  private static final double MAX_FACTOR = 1e6;
  private static final double YARN_FAST_TURNS = 32;
  private static final double YARN_SLOW_TURNS = 1;

  static RotaryScaling read(ConfigFields fields, ConfigFields config) {
    return new RotaryScalingFields(fields, config).read();
  }

  private RotaryScaling read() {
    String type = type();
    return switch (type) {
      case "default" -> new RotaryScaling.None();
      case "linear" -> new RotaryScaling.Linear(factor());
      case "llama3" -> llama3();
      case "longrope", "su" -> longRope();
      case "yarn" -> yarn();
      default -> throw fields.unsupported("rope_type", type, KNOWN);
    };
  }

  /// `type` is the older spelling of `rope_type`; files with both have the same in both.
  private String type() {
    Optional<String> older = fields.text("type");
    Optional<String> newer = fields.text("rope_type");
    if (older.isPresent() && newer.isPresent() && !older.equals(newer)) {
      throw new ConfigException(
          ConfigError.CONFLICT,
          fields.at("rope_type") + " is " + newer.get() + ", but type is " + older.get());
    }
    return newer.or(() -> older).orElse("default");
  }

  private double factor() {
    return fields.requiredNumber("factor", 1, MAX_FACTOR);
  }

  private Optional<Integer> original() {
    return fields
        .integer(ORIGINAL, 1, Integer.MAX_VALUE)
        .or(() -> config.integer(ORIGINAL, 1, Integer.MAX_VALUE));
  }

  private RotaryScaling llama3() {
    double low = fields.requiredNumber("low_freq_factor", 1e-6, MAX_FACTOR);
    double high = fields.requiredNumber("high_freq_factor", 1e-6, MAX_FACTOR);
    if (low >= high) {
      throw new ConfigException(
          ConfigError.FIELD_RANGE,
          fields.at("low_freq_factor")
              + " must be less than high_freq_factor "
              + high
              + ", but is "
              + low);
    }
    int original = original().orElseThrow(() -> fields.missing(ORIGINAL));
    return new RotaryScaling.Llama3(factor(), low, high, original);
  }

  private RotaryScaling longRope() {
    refuse("short_mscale", "long_mscale");
    int original = original().orElseThrow(() -> fields.missing(ORIGINAL));
    double stretch =
        fields.number("factor", 1, MAX_FACTOR).orElse((double) requiredPositions() / original);
    double magnitude =
        fields
            .number("attention_factor", 0, MAX_FACTOR)
            .orElse(stretch <= 1 ? 1 : Math.sqrt(1 + Math.log(stretch) / Math.log(original)));
    return new RotaryScaling.Long(
        factors("short_factor"), factors("long_factor"), original, magnitude);
  }

  private List<Double> factors(String field) {
    List<Double> factors = fields.numbers(field, 1e-6, MAX_FACTOR);
    if (factors.isEmpty()) {
      throw fields.missing(field);
    }
    return factors;
  }

  private RotaryScaling yarn() {
    refuse("mscale", "mscale_all_dim");
    int original = original().orElseGet(this::requiredPositions);
    double factor = factor();
    double plain = factor == 1 ? 1 : 0.1 * Math.log(factor) + 1;
    return new RotaryScaling.Yarn(
        factor,
        fields.number("beta_fast", 1e-6, MAX_FACTOR).orElse(YARN_FAST_TURNS),
        fields.number("beta_slow", 1e-6, MAX_FACTOR).orElse(YARN_SLOW_TURNS),
        original,
        fields.flag("truncate").orElse(true),
        fields.number("attention_factor", 0, MAX_FACTOR).orElse(plain));
  }

  private void refuse(String... names) {
    for (String field : names) {
      fields
          .number(field, -MAX_FACTOR, MAX_FACTOR)
          .ifPresent(value -> {
            throw fields.unsupported(field, value.toString(), "none");
          });
    }
  }

  private int requiredPositions() {
    return config.requiredInteger("max_position_embeddings", 1, Integer.MAX_VALUE);
  }
}
