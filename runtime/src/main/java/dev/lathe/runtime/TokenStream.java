package dev.lathe.runtime;

import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The output of one sequence while it is generated. Thread-safe; several readers see the same
/// pieces.
public final class TokenStream implements Iterable<TokenPiece> {
  private final Runnable cancel;
  private int[] tokens = new int[16];
  private String[] texts = new String[16];
  private int count;
  private @Nullable GenerationResult result;
  private @Nullable RuntimeException failure;

  TokenStream(Runnable cancel) {
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
      while (index >= count && result == null && failure == null) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a token", e);
    }
    return index < count;
  }

  private synchronized TokenPiece piece(int index) {
    return new TokenPiece(tokens[index], texts[index]);
  }

  synchronized void publish(int token, String text) {
    if (count == tokens.length) {
      tokens = Arrays.copyOf(tokens, 2 * count);
      texts = Arrays.copyOf(texts, 2 * count);
    }
    tokens[count] = token;
    texts[count++] = text;
    notifyAll();
  }

  synchronized void end(GenerationResult value) {
    if (result != null || failure != null) {
      throw new IllegalStateException("an output ended twice");
    }
    result = value;
    notifyAll();
  }

  synchronized void fail(RuntimeException cause) {
    if (result == null && failure == null) {
      failure = cause;
      notifyAll();
    }
  }
}
