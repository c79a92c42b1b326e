package dev.lathe.cli.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/// What is asked.
final class PromptOptions {
  @Option(
      names = "--input_text",
      order = 200,
      arity = "1..*",
      paramLabel = "TEXT",
      description = "Prompts.")
  List<String> texts = new ArrayList<>();

  @Option(
      names = "--input_file",
      order = 201,
      paramLabel = "FILE",
      description = {
        "Prompts: .txt, one a line; or token ids: .csv, one prompt a line, or .npy, one a row."
      })
  Optional<Path> file = Optional.empty();

  @Option(
      names = "--token_types",
      order = 201,
      paramLabel = "FILE",
      description = {
        "Kinds of the prompts' tokens, for encoders: a .csv or .npy file with as many numbers as",
        "--input_file has. Default: all 0."
      })
  Optional<Path> tokenTypes = Optional.empty();

  @Option(
      names = "--max_output_len",
      order = 202,
      paramLabel = "N",
      description = "Tokens to generate for each prompt. Default: 64; of an encoder 0.")
  Optional<Integer> maxOutputLength = Optional.empty();

  @Option(
      names = "--end_id",
      order = 203,
      paramLabel = "ID",
      description = "Token that ends a sequence; -1: none. Default: the model's.")
  Optional<Integer> endId = Optional.empty();

  @Option(
      names = "--stop_words",
      order = 204,
      arity = "1..*",
      paramLabel = "TEXT",
      description = "Texts that end a sequence.")
  List<String> stopWords = new ArrayList<>();

  @Option(
      names = "--bad_words",
      order = 205,
      arity = "1..*",
      paramLabel = "TEXT",
      description = "Texts that may not be generated.")
  List<String> badWords = new ArrayList<>();

  @Option(
      names = "--num_return_sequences",
      order = 206,
      paramLabel = "N",
      description = "Outputs for each prompt, with seeds one apart. Default: 1.")
  int returnSequences = 1;
}
