package dev.lathe.cli.bench;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import java.nio.file.Path;

/// A line of a dataset that is no request, or none that the engine can run. Exit code 2.
final class DatasetException extends LatheException {
  private static final long serialVersionUID = 1;
  private static final String HINT =
      "a line is {\"task_id\": 0, \"input_ids\": [1, 2, 3], \"output_tokens\": 128},"
          + " or has \"prompt\" instead of \"input_ids\"";

  private DatasetException(String sentence, String hint) {
    super(ExitCode.USAGE, "bad-dataset", sentence, hint);
  }

  private DatasetException(String sentence, String hint, Throwable cause) {
    super(ExitCode.USAGE, "bad-dataset", sentence, hint, cause);
  }

  /// A field of a line is missing or cannot be used.
  ///
  /// @param line from 1
  /// @param problem completes "field ... "
  static DatasetException ofField(Path file, int line, String field, String problem) {
    return new DatasetException(at(file, line) + ": field " + field + " " + problem, HINT);
  }

  /// A line is no JSON object.
  static DatasetException ofLine(Path file, int line, String problem) {
    return new DatasetException(at(file, line) + " " + problem, HINT);
  }

  /// A line is no JSON at all.
  static DatasetException ofLine(Path file, int line, String problem, Throwable cause) {
    return new DatasetException(at(file, line) + " " + problem, HINT, cause);
  }

  private static String at(Path file, int line) {
    return "--dataset " + file + ", line " + line;
  }

  /// The file as a whole cannot be used.
  static DatasetException ofFile(Path file, String problem, String hint) {
    return new DatasetException("--dataset " + file + " " + problem, hint);
  }

  /// The file is no text.
  static DatasetException ofText(Path file, Throwable cause) {
    return new DatasetException("--dataset " + file + " is no text in UTF-8", "", cause);
  }
}
