package dev.lathe.cli.run;

import dev.lathe.cli.npy.NpyWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// Writes outputs to the files that the command line names.
final class OutputFiles {
  private static final int PADDING = -1;

  private OutputFiles() {}

  /// @param encoder true if there are no tokens
  static void write(ResultOptions options, List<Output> outputs, int vocabulary, boolean encoder)
      throws IOException {
    if (options.csv.isPresent()) {
      Files.write(options.csv.get(), outputs.stream().map(OutputFiles::line).toList());
    }
    if (options.npy.isPresent() && !encoder) {
      writeTokens(options.npy.get(), outputs);
    }
    if (options.generationLogits.isPresent()) {
      for (int i = 0; i < outputs.size(); i++) {
        Path file = NumberedFile.of(options.generationLogits.get(), i, outputs.size());
        writeLogits(file, outputs.get(i).result().generationLogits(), vocabulary);
      }
    }
  }

  private static String line(Output output) {
    return output.result().tokens().stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  private static void writeTokens(Path file, List<Output> outputs) throws IOException {
    int columns =
        outputs.stream().mapToInt(output -> output.result().tokens().size()).max().orElse(0);
    try (NpyWriter writer = NpyWriter.ints(file, outputs.size(), columns)) {
      for (Output output : outputs) {
        int[] row = new int[columns];
        Arrays.fill(row, PADDING);
        List<Integer> tokens = output.result().tokens();
        for (int i = 0; i < tokens.size(); i++) {
          row[i] = tokens.get(i);
        }
        writer.row(row);
      }
    }
  }

  private static void writeLogits(Path file, List<float[]> rows, int vocabulary)
      throws IOException {
    try (NpyWriter writer = NpyWriter.floats(file, rows.size(), vocabulary)) {
      for (float[] row : rows) {
        writer.row(row);
      }
    }
  }
}
