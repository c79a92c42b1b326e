package dev.lathe.runtime.eval;

import dev.lathe.runtime.GenerationRequest;
import dev.lathe.runtime.Session;
import dev.lathe.runtime.TokenStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.atomic.DoubleAdder;

/// Perplexity of a text: the exponential of the mean loss of the next token, over windows that do
/// not overlap. The first token of a window is not scored; a last window that is not full is
/// dropped. Needs an engine with logits of prompt tokens.
///
/// @param tokensScored over which the mean was taken
/// @param loss mean of `-log p(token | tokens before it in the window)`, natural logarithm
public record Perplexity(long tokensScored, double loss) {

  /// Windows that are in work at a time.
  private static final int IN_FLIGHT = 16;

  /// `exp(loss)`.
  public double value() {
    return Math.exp(loss);
  }

  /// Measures the perplexity of token ids.
  ///
  /// @param ids of the text, without special tokens
  /// @param window tokens, at least 2 and at most the engine's maximum
  /// @throws dev.lathe.engine.error.LatheException if the engine has no logits of prompt tokens, or
  ///     the window is too long
  /// @throws IllegalArgumentException if there is not one full window
  public static Perplexity measure(Session session, int[] ids, int window) {
    if (window < 2 || ids.length < window) {
      throw new IllegalArgumentException(
          ids.length + " tokens are no full window of " + window + ", which must be at least 2");
    }
    DoubleAdder loss = new DoubleAdder();
    Deque<TokenStream> running = new ArrayDeque<>();
    int windows = ids.length / window;
    for (int i = 0; i < windows; i++) {
      if (running.size() == IN_FLIGHT) {
        running.removeFirst().await();
      }
      int[] part = Arrays.copyOfRange(ids, i * window, (i + 1) * window);
      running.addLast(session.submit(request(part, loss)));
    }
    running.forEach(TokenStream::await);
    long scored = (long) windows * (window - 1);
    return new Perplexity(scored, loss.sum() / scored);
  }

  private static GenerationRequest request(int[] window, DoubleAdder loss) {
    return GenerationRequest.builder(window)
        .maxOutputTokens(0)
        .withoutText()
        .contextLogits((position, logits) -> {
          if (position + 1 < window.length) {
            loss.add(loss(logits, window[position + 1]));
          }
        })
        .build();
  }

  /// `log(sum(exp(logits))) - logits[token]`, in double precision.
  static double loss(float[] logits, int token) {
    float greatest = Float.NEGATIVE_INFINITY;
    for (float logit : logits) {
      greatest = Math.max(greatest, logit);
    }
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp((double) logit - greatest);
    }
    return Math.log(sum) + greatest - logits[token];
  }
}
