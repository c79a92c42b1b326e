package dev.lathe.frontend.config;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import org.jspecify.annotations.Nullable;

/// A configuration that is damaged or asks for what is not supported; exit code 4.
public final class ConfigException extends LatheException {
  private static final long serialVersionUID = 1;

  private final ConfigError error;

  /// @param sentence names the file and the field
  public ConfigException(ConfigError error, String sentence) {
    this(error, sentence, null);
  }

  public ConfigException(ConfigError error, String sentence, @Nullable Throwable cause) {
    super(ExitCode.BAD_MODEL, error.code(), sentence, error.hint(), cause);
    this.error = error;
  }

  public ConfigError error() {
    return error;
  }
}
