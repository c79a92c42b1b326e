package dev.lathe.ir.text;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;

/// A text is no graph, or a graph with an ill-typed op.
public final class IrSyntaxException extends LatheException {
  private static final long serialVersionUID = 1;

  private final int line;

  IrSyntaxException(int line, String sentence) {
    super(ExitCode.FAILURE, "graph-syntax", "line " + line + ": " + sentence, "");
    this.line = line;
  }

  IrSyntaxException(int line, Throwable cause) {
    super(ExitCode.FAILURE, "graph-syntax", "line " + line + ": " + cause.getMessage(), "", cause);
    this.line = line;
  }

  /// Line of the text, from 1.
  public int line() {
    return line;
  }
}
