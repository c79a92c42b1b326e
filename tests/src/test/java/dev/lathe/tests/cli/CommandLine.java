package dev.lathe.tests.cli;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/// Commands as one types them.
public final class CommandLine {
  private static final String VALUE = "{}";

  private CommandLine() {}

  /// The words of a command: `words("trtllm-run --engine_dir {} --json", engine)`.
  ///
  /// @param line words, apart by white space
  /// @param values what stands for each `{}`; an array stands for as many words as it has
  public static String[] words(String line, Object... values) {
    List<String> words = new ArrayList<>();
    Iterator<Object> rest = List.of(values).iterator();
    for (String word : line.strip().split("\\s+")) {
      Object value = word.equals(VALUE) ? rest.next() : word;
      Stream.of(value instanceof Object[] many ? many : new Object[] {value})
          .map(Object::toString)
          .forEach(words::add);
    }
    if (rest.hasNext()) {
      throw new IllegalArgumentException("no place for " + rest.next() + " in " + line);
    }
    return words.toArray(String[]::new);
  }
}
