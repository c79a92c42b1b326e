package dev.lathe.frontend.config;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Rotary position embedding. Source: Su et al., RoFormer, 2021.
///
/// @param theta base of the geometric series of wavelengths
/// @param part of a head that is rotated
public record RotaryConfig(double theta, RotaryScaling scaling, double part) {
  private static final double DEFAULT_THETA = 10_000;
  private static final double MAX_THETA = 1e12;

  /// Of whole heads.
  public RotaryConfig(double theta, RotaryScaling scaling) {
    this(theta, scaling, 1);
  }

  /// Reads `rope_parameters` (transformers 5), or `rope_theta` and `rope_scaling` (transformers 4).
  ///
  /// @throws ConfigException if they are bad, or of a kind that is not supported
  public static RotaryConfig read(ConfigFields config) {
    return read(config, 1);
  }

  /// @param absentPart of a head that is rotated, where the file does not say
  static RotaryConfig read(ConfigFields config, double absentPart) {
    Optional<ConfigFields> newer = config.object("rope_parameters");
    Optional<ConfigFields> older = config.object("rope_scaling");
    if (newer.isPresent() && older.isPresent()) {
      throw new ConfigException(
          ConfigError.CONFLICT,
          config.where() + ": both rope_parameters and rope_scaling are there");
    }
    newer.ifPresent(RotaryConfig::refuseByLayer);
    RotaryScaling scaling =
        newer
            .or(() -> older)
            .map(fields -> RotaryScalingFields.read(fields, config))
            .orElse(new RotaryScaling.None());
    double theta = one("rope_theta", 1, MAX_THETA, config, newer).orElse(DEFAULT_THETA);
    double part = one("partial_rotary_factor", 0, 1, config, newer).orElse(absentPart);
    return new RotaryConfig(theta, scaling, part);
  }

  /// Reads `rope_parameters` of one kind of layers, an object of [ConfigFields] of its own.
  ///
  /// @param config the whole file
  public static RotaryConfig ofLayers(ConfigFields fields, ConfigFields config) {
    return new RotaryConfig(
        fields.requiredNumber("rope_theta", 1, MAX_THETA),
        RotaryScalingFields.read(fields, config),
        fields.number("partial_rotary_factor", 0, 1).orElse(1.0));
  }

  /// A number that the file has outside or inside of the rotary object, or equal ones in both.
  private static Optional<Double> one(
      String field, double min, double max, ConfigFields config, Optional<ConfigFields> object) {
    Optional<Double> outer = config.number(field, min, max);
    Optional<Double> inner = object.flatMap(fields -> fields.number(field, min, max));
    if (outer.isPresent() && inner.isPresent() && !outer.equals(inner)) {
      throw new ConfigException(
          ConfigError.CONFLICT,
          config.at(field) + " is " + outer.get() + ", but rope_parameters has " + inner.get());
    }
    return inner.or(() -> outer);
  }

  private static void refuseByLayer(ConfigFields fields) {
    if (fields.mentions("full_attention") || fields.mentions("sliding_attention")) {
      throw fields.unsupported("full_attention", "by layer", "one rotary embedding for all layers");
    }
  }

  /// Elements of a head that are rotated: an even number.
  ///
  /// @throws ConfigException if there are none
  public int rotaryDim(int headDim) {
    int rotaryDim = (int) (headDim * part) / 2 * 2;
    if (rotaryDim == 0) {
      throw new ConfigException(
          ConfigError.FIELD_RANGE,
          "config.json: partial_rotary_factor "
              + part
              + " leaves nothing to rotate of heads of "
              + headDim);
    }
    return rotaryDim;
  }

  /// Angle per position of each pair of elements, `rotaryDim / 2` of them, scaling included.
  ///
  /// @param rotaryDim elements of a head that are rotated, even
  /// @param positions of the longest sequence
  public List<Double> inverseFrequencies(int rotaryDim, int positions) {
    int pairs = rotaryDim / 2;
    if (scaling instanceof RotaryScaling.Long(List<Double> brief, List<Double> full, _, _)
        && (brief.size() != pairs || full.size() != pairs)) {
      throw new ConfigException(
          ConfigError.CONFLICT,
          "config.json: short_factor and long_factor of the rotary embedding have "
              + brief.size()
              + " and "
              + full.size()
              + " elements for "
              + pairs
              + " pairs");
    }
    return IntStream.range(0, pairs)
        .mapToObj(i -> scaling.frequency(new RotaryScaling.Pair(i, pairs, theta, positions)))
        .toList();
  }
}
