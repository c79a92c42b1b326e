package dev.lathe.ir;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import java.util.List;
import java.util.stream.Collectors;

/// A checkpoint lacks tensors of the model, or has them in another shape. Lists all of them at
/// once.
public final class CheckpointMismatchException extends LatheException {
  private static final long serialVersionUID = 1;
  private static final int SHOWN = 10;

  private final transient List<TensorProblem> problems;

  public CheckpointMismatchException(List<TensorProblem> problems) {
    super(
        ExitCode.BAD_MODEL,
        "checkpoint-mismatch",
        sentence(problems),
        "the checkpoint's tensors do not fit its config.json: check that both are of one model");
    this.problems = List.copyOf(problems);
  }

  /// All problems, in the order in which the model declared its weights.
  public List<TensorProblem> problems() {
    return problems;
  }

  private static String sentence(List<TensorProblem> problems) {
    String shown =
        problems.stream()
            .limit(SHOWN)
            .map(TensorProblem::sentence)
            .collect(Collectors.joining("; "));
    int more = problems.size() - SHOWN;
    return more > 0 ? shown + "; and " + more + " more" : shown;
  }
}
