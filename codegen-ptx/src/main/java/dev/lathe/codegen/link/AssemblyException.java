package dev.lathe.codegen.link;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;

/// A kernel could not be assembled. As kernels are ours, this is a bug, or a wrong `ptxas`.
public final class AssemblyException extends LatheException {
  private static final long serialVersionUID = 1;

  public AssemblyException(String sentence, String hint) {
    super(ExitCode.FAILURE, "assembly", sentence, hint);
  }

  public AssemblyException(String sentence, String hint, Throwable cause) {
    super(ExitCode.FAILURE, "assembly", sentence, hint, cause);
  }
}
