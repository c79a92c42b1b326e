package dev.lathe.engine.error;

/// Exit codes of every command.
public enum ExitCode {
  OK(0),
  /// The command did its work and the answer is no, or an I/O operation failed.
  FAILURE(1),
  USAGE(2),
  NO_DEVICE(3),
  BAD_MODEL(4),
  BAD_ENGINE(5),
  OUT_OF_MEMORY(6);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  /// The process exit status.
  public int code() {
    return code;
  }
}
