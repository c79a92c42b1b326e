package dev.lathe.runtime;

import dev.lathe.runtime.text.Detokenizer;
import dev.lathe.runtime.text.StopText;
import dev.lathe.runtime.text.Tokenizer;
import java.util.List;

/// The text of one output: whole characters, up to the first stop word.
final class TextOutput {
  private final Detokenizer detokenizer;
  private final StopText stop;
  private final StringBuilder all = new StringBuilder();

  TextOutput(Tokenizer tokenizer, List<String> stopWords) {
    detokenizer = new Detokenizer(tokenizer);
    stop = new StopText(stopWords);
  }

  /// Adds a token and returns the text that became certain.
  String add(int token) {
    return kept(stop.add(detokenizer.add(token)));
  }

  /// The text that was held back.
  String finish() {
    return stopped() ? "" : kept(stop.add(detokenizer.finish()) + stop.finish());
  }

  boolean stopped() {
    return stop.stopped();
  }

  String all() {
    return all.toString();
  }

  private String kept(String piece) {
    all.append(piece);
    return piece;
  }
}
