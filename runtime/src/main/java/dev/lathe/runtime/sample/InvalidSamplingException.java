package dev.lathe.runtime.sample;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;

/// A parameter of sampling that is out of its range. The code names it: `invalid-top-p`.
public final class InvalidSamplingException extends LatheException {
  private static final long serialVersionUID = 1;

  InvalidSamplingException(String parameter, Object value, String range) {
    super(
        ExitCode.USAGE,
        "invalid-" + parameter.replace('_', '-'),
        "%s is %s; it must be %s.".formatted(parameter, value, range),
        "");
  }

  /// @throws InvalidSamplingException unless the condition holds
  static void require(boolean condition, String parameter, Object value, String range) {
    if (!condition) {
      throw new InvalidSamplingException(parameter, value, range);
    }
  }
}
