package dev.lathe.engine.file;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import java.nio.file.Path;

/// An engine file that cannot be run as it is: exit code 5.
public abstract sealed class EngineFormatException extends LatheException
    permits NotAnEngineException,
        TruncatedEngineException,
        CorruptEngineException,
        EngineTooOldException,
        EngineTooNewException,
        WrongTargetException {
  private static final long serialVersionUID = 1;

  EngineFormatException(String code, Path file, String problem, String hint) {
    super(ExitCode.BAD_ENGINE, code, file + ": " + problem, hint);
  }
}
