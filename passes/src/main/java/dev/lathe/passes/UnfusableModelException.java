package dev.lathe.passes;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;

/// A model has an op that no device runs by itself, where no rule could fuse it into a step.
public final class UnfusableModelException extends LatheException {
  private static final long serialVersionUID = 1;

  /// @param violations what is left over, one line each
  public UnfusableModelException(String violations) {
    super(
        ExitCode.BAD_MODEL,
        "unfusable-model",
        "the model has ops that are no steps after fusion:\n" + violations,
        "query, key and value must be projections of one input; --dump_ir DIR shows the graph");
  }
}
