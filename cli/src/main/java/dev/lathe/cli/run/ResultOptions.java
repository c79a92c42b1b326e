package dev.lathe.cli.run;

import dev.lathe.cli.option.UsageError;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/// Where the answers go, and what is expected of them.
final class ResultOptions {
  @Option(names = "--streaming", order = 400, description = "Print text as it is generated.")
  boolean streaming;

  @Option(
      names = "--output_csv",
      order = 401,
      paramLabel = "FILE",
      description = "Generated ids, one line an output.")
  Optional<Path> csv = Optional.empty();

  @Option(
      names = "--output_npy",
      order = 402,
      paramLabel = "FILE",
      description = {
        "Generated ids, int32 (outputs, tokens); short rows end in -1. Of an encoder, what it",
        "gives for each token, float32 (tokens, columns); NAME-<i>.npy where there are many",
        "prompts."
      })
  Optional<Path> npy = Optional.empty();

  @Option(
      names = "--output_logits_npy",
      order = 403,
      paramLabel = "FILE",
      description = {
        "Logits of the prompt, float32 (tokens, vocabulary), for an engine built with",
        "--gather_context_logits; NAME.npy becomes NAME-<i>.npy where there are many prompts."
      })
  Optional<Path> contextLogits = Optional.empty();

  /// Where the rows of a prompt's tokens go. An encoder has no other results.
  ///
  /// @throws UsageError if that is not clear
  Optional<Path> rows(boolean encoder) {
    if (!encoder) {
      return contextLogits;
    }
    if (npy.isPresent() == contextLogits.isPresent()) {
      throw new UsageError(
          "the model is an encoder, whose results go to one file, but "
              + (npy.isPresent() ? "two are named" : "none is named"),
          "name it with --output_npy FILE");
    }
    return npy.or(() -> contextLogits);
  }

  @Option(
      names = "--output_generation_logits",
      order = 404,
      arity = "0..1",
      fallbackValue = "generation_logits.npy",
      paramLabel = "FILE",
      description = {
        "Logits that each generated token was chosen by, float32 (tokens, vocabulary), in FILE",
        "or generation_logits.npy; NAME-<i>.npy where there are many outputs."
      })
  Optional<Path> generationLogits = Optional.empty();

  @Option(
      names = "--expect_contains",
      order = 405,
      paramLabel = "TEXT",
      description = "End with exit code 1 unless each output contains this text.")
  Optional<String> expected = Optional.empty();
}
