package dev.lathe.cli.run;

import dev.lathe.cli.option.UsageError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Kinds of the tokens of prompts.
final class TokenTypes {
  private TokenTypes() {}

  /// The kinds for each prompt; empty if the command line says nothing of them.
  ///
  /// @throws UsageError if there are not as many as tokens
  static List<List<Integer>> of(PromptOptions options, List<Prompt> prompts) throws IOException {
    if (options.tokenTypes.isEmpty()) {
      return List.of();
    }
    Path file = options.tokenTypes.get();
    List<List<Integer>> types = new ArrayList<>();
    for (Prompt row : Prompt.read("--token_types", file)) {
      types.add(numbers(row, "--token_types " + file + " must be a .csv or .npy file"));
    }
    String counts = "--token_types " + file + " does not have a number for each token of a prompt";
    if (types.size() != prompts.size()) {
      throw new UsageError(counts, types.size() + " rows for " + prompts.size() + " prompts");
    }
    for (int i = 0; i < types.size(); i++) {
      String texts = "--token_types needs prompts of token ids";
      int tokens = numbers(prompts.get(i), texts).size();
      if (types.get(i).size() != tokens) {
        throw new UsageError(
            counts, "row " + i + ": " + types.get(i).size() + " numbers for " + tokens + " tokens");
      }
    }
    return types;
  }

  private static List<Integer> numbers(Prompt prompt, String problem) {
    return switch (prompt) {
      case Prompt.Tokens(List<Integer> ids) -> ids;
      case Prompt.Text _ -> throw new UsageError(problem, "give ids with --input_file FILE.csv");
    };
  }
}
