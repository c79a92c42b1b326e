package dev.lathe.passes.select;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import java.util.List;

/// No kernel template supports a step of the model on the target.
public final class NoKernelException extends LatheException {
  private static final long serialVersionUID = 1;

  /// @param reasons one sentence a template: its id and why it refused
  public NoKernelException(String step, String op, String target, List<String> reasons) {
    super(
        ExitCode.BAD_MODEL,
        "no-kernel",
        "no kernel for step '"
            + step
            + "' ("
            + op
            + ") on "
            + target
            + ": "
            + String.join("; ", reasons),
        "build for --target cpu, or add a kernel template (docs/add-a-kernel.md)");
  }
}
