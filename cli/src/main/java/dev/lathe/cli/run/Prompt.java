package dev.lathe.cli.run;

import dev.lathe.cli.npy.NpyArray;
import dev.lathe.cli.npy.NpyReader;
import dev.lathe.cli.option.UsageError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// One prompt: a text, or token ids.
sealed interface Prompt {

  /// A text that the tokenizer splits.
  record Text(String text) implements Prompt {}

  /// Ids, taken as they are.
  record Tokens(List<Integer> ids) implements Prompt {
    public Tokens {
      ids = List.copyOf(ids);
    }
  }

  /// The prompts of the command line.
  ///
  /// @throws UsageError if there is none, or a file that cannot be read as prompts
  static List<Prompt> of(PromptOptions options) throws IOException {
    if (options.file.isPresent() && !options.texts.isEmpty()) {
      throw UsageError.conflict("--input_text", "--input_file", "prompts come from one of them");
    }
    List<Prompt> prompts =
        options.file.isPresent()
            ? read("--input_file", options.file.get())
            : options.texts.stream().<Prompt>map(Text::new).toList();
    if (prompts.isEmpty()) {
      throw new UsageError(
          "there is no prompt" + options.file.map(file -> " in " + file).orElse(""),
          "give --input_text TEXT, or --input_file FILE");
    }
    return prompts;
  }

  /// The rows of a file.
  ///
  /// @param option that names the file
  static List<Prompt> read(String option, Path file) throws IOException {
    String name = file.toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".npy")) {
      return rows(option, file, NpyReader.read(file));
    }
    if (!name.endsWith(".txt") && !name.endsWith(".csv")) {
      throw new UsageError(option + " " + file + " is no .txt, .csv or .npy file", "");
    }
    try (Stream<String> lines = Files.lines(file)) {
      Stream<String> filled = lines.filter(line -> !line.isBlank());
      return name.endsWith(".txt")
          ? filled.<Prompt>map(Text::new).toList()
          : filled.<Prompt>map(line -> tokens(option, file, line)).toList();
    }
  }

  private static Tokens tokens(String option, Path file, String line) {
    try {
      return new Tokens(
          Arrays.stream(line.split(","))
              .map(String::strip)
              .filter(id -> !id.isEmpty())
              .map(Integer::valueOf)
              .toList());
    } catch (NumberFormatException mistake) {
      throw new UsageError(
          option + " " + file + " has a line that is no list of token ids: " + mistake.getMessage(),
          "separate ids by commas");
    }
  }

  /// A row of an array is a prompt; what is negative at its end is padding.
  private static List<Prompt> rows(String option, Path file, NpyArray array) {
    int dimensions = array.shape().size();
    if (dimensions < 1 || dimensions > 2) {
      throw new UsageError(
          option + " " + file + " has " + dimensions + " dimensions, expected 1 or 2", "");
    }
    int columns = array.shape().getLast();
    int rows = columns == 0 ? 0 : array.values().length / columns;
    return IntStream.range(0, rows).<Prompt>mapToObj(row -> row(array, row, columns)).toList();
  }

  private static Tokens row(NpyArray array, int row, int columns) {
    int end = columns;
    while (end > 0 && array.values()[row * columns + end - 1] < 0) {
      end--;
    }
    return new Tokens(
        IntStream.range(0, end).mapToObj(i -> (int) array.values()[row * columns + i]).toList());
  }
}
