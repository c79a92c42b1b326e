package dev.lathe.frontend.checkpoint;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import org.jspecify.annotations.Nullable;

/// A checkpoint that is damaged, incomplete or hostile; exit code 4.
public final class CheckpointException extends LatheException {
  private static final long serialVersionUID = 1;

  private final CheckpointError error;

  /// @param sentence names the file, and the tensor where there is one
  public CheckpointException(CheckpointError error, String sentence) {
    this(error, sentence, null);
  }

  public CheckpointException(CheckpointError error, String sentence, @Nullable Throwable cause) {
    super(ExitCode.BAD_MODEL, error.code(), sentence, error.hint(), cause);
    this.error = error;
  }

  public CheckpointError error() {
    return error;
  }
}
