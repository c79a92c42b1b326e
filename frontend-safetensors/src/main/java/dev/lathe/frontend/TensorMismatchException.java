package dev.lathe.frontend;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import dev.lathe.ir.TensorProblem;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The tensors of a checkpoint are not those of the model: the message lists every one that is
/// missing, misshapen or left over; exit code 4.
public final class TensorMismatchException extends LatheException {
  private static final long serialVersionUID = 1;

  private final transient List<TensorProblem> problems;
  private final transient List<String> unused;

  TensorMismatchException(
      String where, List<TensorProblem> problems, List<String> unused, @Nullable Throwable cause) {
    super(
        ExitCode.BAD_MODEL,
        problems.isEmpty() ? "unused-tensors" : "tensor-mismatch",
        where + ": " + sentence(problems, unused),
        problems.isEmpty()
            ? "the checkpoint holds more than its architecture has: it may be of another family"
            : "config.json and the tensors do not fit: take both from one revision of the model",
        cause);
    this.problems = List.copyOf(problems);
    this.unused = List.copyOf(unused);
  }

  /// Missing and misshapen tensors.
  public List<TensorProblem> problems() {
    return problems;
  }

  /// Tensors of the checkpoint that the model does not use.
  public List<String> unused() {
    return unused;
  }

  private static String sentence(List<TensorProblem> problems, List<String> unused) {
    return Stream.concat(
            problems.stream().map(TensorProblem::sentence),
            unused.stream().map(name -> "tensor '" + name + "' is not used"))
        .collect(Collectors.joining("; "));
  }
}
