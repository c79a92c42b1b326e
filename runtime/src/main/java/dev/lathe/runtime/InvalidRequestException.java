package dev.lathe.runtime;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;

/// A request that makes no sense for this engine. The code names what is wrong:
/// `invalid-stop-words`.
public final class InvalidRequestException extends LatheException {
  private static final long serialVersionUID = 1;

  InvalidRequestException(String what, String message, String hint) {
    super(ExitCode.USAGE, "invalid-" + what, message + ".", hint);
  }

  /// @throws InvalidRequestException unless the condition holds
  static void require(boolean condition, String what, String message) {
    if (!condition) {
      throw new InvalidRequestException(what, message, "");
    }
  }
}
