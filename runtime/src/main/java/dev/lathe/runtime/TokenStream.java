package dev.lathe.runtime;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The output of one sequence while it is generated. Thread-safe; several readers see the same
/// pieces.
///
/// The driver thread publishes tokens; one other thread, or the driver itself where stop words make
/// it wait for the text, turns them into pieces with [#render()].
public final class TokenStream implements Iterable<TokenPiece> {
  private final Runnable cancel;
  private final Optional<TextOutput> text;
  private final int[] tokens;
  private final String[] texts;
  private int count;
  private int rendered;
  private int silent = Integer.MAX_VALUE;
  private @Nullable GenerationResult ended;
  private @Nullable GenerationResult result;
  private @Nullable RuntimeException failure;

  /// @param maxTokens that are published
  TokenStream(int maxTokens, Optional<TextOutput> text, Runnable cancel) {
    // What is left of the text at the end is a piece, too.
    this.tokens = new int[maxTokens + 1];
    this.texts = new String[maxTokens + 1];
    this.text = text;
    this.cancel = cancel;
  }

  /// Pieces from the first on; `hasNext` waits for the next piece or the end. Ends early, with the
  /// reason in [#await()], if the sequence failed.
  @Override
  public Iterator<TokenPiece> iterator() {
    return new Iterator<>() {
      private int index;

      @Override
      public boolean hasNext() {
        return waitForPiece(index);
      }

      @Override
      public TokenPiece next() {
        if (!hasNext()) {
          throw new NoSuchElementException("the output has ended");
        }
        return piece(index++);
      }
    };
  }

  /// Waits for the end of the output.
  ///
  /// @throws dev.lathe.engine.error.LatheException if the engine failed
  /// @throws IllegalStateException for a bug, or if the waiting thread is interrupted
  public synchronized GenerationResult await() {
    waitForPiece(Integer.MAX_VALUE);
    if (failure != null) {
      throw failure;
    }
    return Objects.requireNonNull(result);
  }

  /// The result, if the output has ended well.
  public synchronized Optional<GenerationResult> result() {
    return Optional.ofNullable(result);
  }

  /// Asks for the end of the output; what was generated so far is the result.
  public void cancel() {
    cancel.run();
  }

  /// Waits for a piece or the end; true if there is the piece.
  private synchronized boolean waitForPiece(int index) {
    try {
      while (index >= rendered && result == null && failure == null) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a token", e);
    }
    return index < rendered;
  }

  private synchronized TokenPiece piece(int index) {
    return new TokenPiece(tokens[index], texts[index]);
  }

  /// Adds a token.
  ///
  /// @param end true if it ends the output and is no part of the text
  synchronized void publish(int token, boolean end) {
    if (end) {
      silent = count;
    }
    tokens[count++] = token;
    if (text.isEmpty()) {
      show("");
    }
  }

  /// Ends the output, whose text is added when all tokens are rendered.
  synchronized void end(GenerationResult withoutText) {
    if (ended != null) {
      throw new IllegalStateException("an output ended twice");
    }
    ended = withoutText;
    if (text.isEmpty()) {
      complete(withoutText);
    }
  }

  synchronized void fail(RuntimeException cause) {
    if (result == null && failure == null) {
      failure = cause;
      notifyAll();
    }
  }

  /// Turns the tokens that were published into text, and completes the result after the last.
  /// Called by one thread at a time.
  void render() {
    TextOutput output = text.orElseThrow();
    while (true) {
      int token;
      boolean quiet;
      synchronized (this) {
        if (rendered == count) {
          completeText(output);
          return;
        }
        token = tokens[rendered];
        quiet = rendered == silent;
      }
      String piece = quiet ? "" : output.add(token);
      synchronized (this) {
        show(piece);
      }
    }
  }

  private synchronized void completeText(TextOutput output) {
    if (ended == null || result != null || failure != null) {
      return;
    }
    String rest = output.finish();
    if (!rest.isEmpty()) {
      publish(-1, false);
      show(rest);
    }
    complete(ended.withText(output.all()));
  }

  private synchronized void show(String piece) {
    texts[rendered++] = piece;
    notifyAll();
  }

  private synchronized void complete(GenerationResult value) {
    result = value;
    notifyAll();
  }
}
