package dev.lathe.engine.error;

import org.jspecify.annotations.Nullable;

/// An error that the user caused or can mend. The message is one sentence that names the thing
/// (file, tensor, flag), what was expected and what was found; the hint says what to do.
///
/// Each kind of error is a subclass or a distinct [#code()], so that tests and callers need not
/// compare sentences.
public class LatheException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final ExitCode exitCode;
  private final String code;
  private final String hint;

  /// @param exitCode what a command ends with
  /// @param code stable, lower-case, hyphenated name of the error: `tensor-overlap`
  /// @param message one sentence: where, expected, found
  /// @param hint what the user can do; empty if there is nothing to say
  public LatheException(ExitCode exitCode, String code, String message, String hint) {
    this(exitCode, code, message, hint, null);
  }

  public LatheException(
      ExitCode exitCode, String code, String message, String hint, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
    this.code = code;
    this.hint = hint;
  }

  public ExitCode exitCode() {
    return exitCode;
  }

  public String code() {
    return code;
  }

  public String hint() {
    return hint;
  }

  /// The message, as [#getMessage()] but never null.
  public String sentence() {
    return String.valueOf(getMessage());
  }
}
