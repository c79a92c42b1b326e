package dev.lathe.frontend.config;

/// Each way in which a configuration can be bad. [#code()] is stable.
public enum ConfigError {
  SYNTAX("config-syntax", "the file must be one JSON object, each key once"),
  MISSING_FIELD("config-missing-field", "take config.json from the model's own repository"),
  FIELD_TYPE("config-field-type", "take config.json from the model's own repository"),
  FIELD_RANGE("config-field-range", "take config.json from the model's own repository"),
  CONFLICT("config-conflict", "make the fields agree, or remove one of them"),
  POSITIONS("config-positions", "ask for shorter sequences: --max_seq_len"),
  UNSUPPORTED("config-unsupported", "use a checkpoint of the model without this feature");

  private final String code;
  private final String hint;

  ConfigError(String code, String hint) {
    this.code = code;
    this.hint = hint;
  }

  /// Stable name of the error.
  public String code() {
    return code;
  }

  /// What the user can do.
  public String hint() {
    return hint;
  }
}
