package dev.lathe.cli.run;

import dev.lathe.cli.console.Console;
import dev.lathe.cli.option.UsageError;
import dev.lathe.cli.wiring.LoadedEngine;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.runtime.GenerationRequest;
import dev.lathe.runtime.LogitsListener;
import dev.lathe.runtime.TokenPiece;
import dev.lathe.runtime.TokenStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Runs all prompts at once and collects their outputs in order.
final class Generation {
  private final LoadedEngine loaded;
  private final RunOptions options;
  private final RequestFactory requests;
  private final Optional<Path> rows;

  Generation(LoadedEngine loaded, RunOptions options) {
    this.loaded = loaded;
    this.options = options;
    Manifest manifest = loaded.engine().manifest();
    boolean encoder = manifest.model().encoder().isPresent();
    this.requests = new RequestFactory(options, encoder, loaded.engine().tokenizer());
    this.rows = options.results.rows(encoder);
    if (options.results.contextLogits.isPresent() && !manifest.limits().contextLogits()) {
      throw new UsageError(
          "--output_logits_npy needs an engine that was built with --gather_context_logits",
          "build it again with that option");
    }
  }

  private record Running(
      int prompt, Prompt asked, List<Integer> tokens, List<TokenStream> streams) {}

  /// Outputs of every prompt. With `--streaming`, their texts are printed as they come.
  ///
  /// @param types kinds of the tokens of each prompt, or none
  List<Output> run(List<Prompt> prompts, List<List<Integer>> types, Console console)
      throws IOException {
    List<LogitsFile> files = new ArrayList<>();
    try {
      List<Running> running = new ArrayList<>();
      for (int i = 0; i < prompts.size(); i++) {
        List<Integer> kinds = types.isEmpty() ? List.of() : types.get(i);
        running.add(submit(i, prompts, kinds, files));
      }
      List<Output> outputs = new ArrayList<>();
      for (Running one : running) {
        collect(one, console.out(), outputs);
      }
      files.forEach(LogitsFile::complete);
      return outputs;
    } finally {
      for (LogitsFile file : files) {
        file.close();
      }
    }
  }

  private Running submit(
      int number, List<Prompt> prompts, List<Integer> types, List<LogitsFile> files)
      throws IOException {
    Prompt prompt = prompts.get(number);
    List<Integer> tokens = requests.tokens(prompt);
    Optional<LogitsListener> listener = Optional.empty();
    if (rows.isPresent()) {
      LogitsFile file =
          new LogitsFile(
              NumberedFile.of(rows.get(), number, prompts.size()),
              tokens.size(),
              loaded.engine().manifest().model().outputColumns());
      files.add(file);
      listener = Optional.of(file);
    }
    GenerationRequest request = requests.request(tokens, types, listener);
    return new Running(number, prompt, tokens, loaded.session().submitAll(request));
  }

  private void collect(Running one, PrintStream out, List<Output> outputs) {
    for (int sequence = 0; sequence < one.streams().size(); sequence++) {
      TokenStream stream = one.streams().get(sequence);
      if (options.results.streaming) {
        print(one.asked(), stream, out);
      }
      outputs.add(new Output(one.prompt(), sequence, one.asked(), one.tokens(), stream.await()));
    }
  }

  private static void print(Prompt prompt, TokenStream stream, PrintStream out) {
    if (prompt instanceof Prompt.Text(String text)) {
      out.print(text);
    }
    for (TokenPiece piece : stream) {
      out.print(piece.text());
      out.flush();
    }
    out.println();
  }
}
