package dev.lathe.cli.eval;

import com.google.gson.JsonObject;
import dev.lathe.cli.console.Console;
import dev.lathe.cli.console.Log;
import dev.lathe.cli.option.UsageError;
import dev.lathe.cli.wiring.DeviceChoice;
import dev.lathe.cli.wiring.LoadedEngine;
import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import dev.lathe.runtime.eval.Perplexity;
import dev.lathe.runtime.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/// Measures the perplexity of a text and judges it.
///
/// @param text a file, UTF-8
/// @param window tokens; at least 2
/// @param bound greatest perplexity that is well
record PerplexityRun(
    Path engine, DeviceChoice device, Path text, int window, Optional<Double> bound) {
  private static final double KV_MEMORY_FRACTION = 0.9;

  /// @throws LatheException `perplexity-bound` if the perplexity is more than the bound
  void run(Console console, Log log, boolean json) throws IOException {
    String content = Files.readString(text);
    LoadedEngine.Wish wish =
        new LoadedEngine.Wish(engine, device, Optional.empty(), KV_MEMORY_FRACTION, false);
    long start = System.nanoTime();
    Perplexity perplexity;
    try (LoadedEngine loaded = LoadedEngine.open(wish, log)) {
      perplexity = measure(loaded, content);
    }
    print(perplexity, System.nanoTime() - start, console, json);
    judge(perplexity.value());
  }

  private Perplexity measure(LoadedEngine loaded, String content) {
    if (!loaded.engine().manifest().limits().contextLogits()) {
      throw new UsageError(
          "trtllm-eval perplexity needs an engine that was built with --gather_context_logits",
          "build it again with that option");
    }
    Tokenizer tokenizer =
        loaded
            .engine()
            .tokenizer()
            .orElseThrow(() -> new UsageError("the engine has no tokenizer", ""));
    int[] ids = tokenizer.encode(content, false);
    if (ids.length < window) {
      throw new UsageError(
          "--text has " + ids.length + " tokens, fewer than one --window of " + window, "");
    }
    return Perplexity.measure(loaded.session(), ids, window);
  }

  private void print(Perplexity perplexity, long nanos, Console console, boolean json) {
    if (json) {
      JsonObject object = new JsonObject();
      object.addProperty("perplexity", perplexity.value());
      object.addProperty("loss", perplexity.loss());
      object.addProperty("tokens", perplexity.tokensScored());
      object.addProperty("window", window);
      object.addProperty("seconds", nanos / 1e9);
      console.out().println(object);
    } else {
      console
          .out()
          .printf(
              Locale.ROOT,
              "perplexity %.4f (loss %.5f over %d tokens in windows of %d)%n",
              perplexity.value(),
              perplexity.loss(),
              perplexity.tokensScored(),
              window);
    }
  }

  private void judge(double perplexity) {
    if (bound.isPresent() && perplexity > bound.get()) {
      throw new LatheException(
          ExitCode.FAILURE,
          "perplexity-bound",
          String.format(
              Locale.ROOT,
              "the perplexity %.4f is more than --max_perplexity %s",
              perplexity,
              bound.get()),
          "");
    }
  }
}
