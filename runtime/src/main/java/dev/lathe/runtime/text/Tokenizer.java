package dev.lathe.runtime.text;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// Text to token ids and back, as a `tokenizer.json` says. Truncation and padding that the file
/// asks for are off. Thread-safe.
public final class Tokenizer implements AutoCloseable {
  private final TokenizersLibrary library;
  private final long handle;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean closed;

  /// @param json content of a `tokenizer.json`, UTF-8
  /// @throws LatheException `bad-tokenizer`, exit code 4, if it is no such file
  /// @throws TokenizerLibraryException if the native library is missing
  public Tokenizer(byte[] json) {
    library = TokenizerLibrary.instance();
    try {
      handle = library.createTokenizerFromString(new String(json, StandardCharsets.UTF_8));
    } catch (RuntimeException e) {
      throw new LatheException(
          ExitCode.BAD_MODEL,
          "bad-tokenizer",
          "tokenizer.json cannot be used: " + e.getMessage(),
          "It must be a file of the Hugging Face tokenizers library.",
          e);
    }
    library.disableTruncation(handle);
    library.disablePadding(handle);
  }

  /// Ids of a text, with the special tokens that the file's post-processor adds around a text.
  public int[] encode(String text) {
    return encode(text, true);
  }

  /// Ids of a text.
  ///
  /// @param specialTokens whether the post-processor adds its special tokens; those that are
  ///     written in the text are recognised in any case
  public int[] encode(String text, boolean specialTokens) {
    Lock open = open();
    try {
      long encoding = library.encode(handle, wellFormed(text), specialTokens);
      try {
        return narrow(library.getTokenIds(encoding));
      } finally {
        library.deleteEncoding(encoding);
      }
    } finally {
      open.unlock();
    }
  }

  /// Text of token ids. Bytes that form no character become U+FFFD.
  ///
  /// @param skipSpecialTokens leaves out special tokens
  public String decode(int[] ids, boolean skipSpecialTokens) {
    return decode(ids, 0, ids.length, skipSpecialTokens);
  }

  /// Text of elements `from` to `to` (exclusive) of an array of ids.
  String decode(int[] ids, int from, int to, boolean skipSpecialTokens) {
    long[] wide = new long[to - from];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = ids[from + i];
    }
    Lock open = open();
    try {
      return library.decode(handle, wide, skipSpecialTokens);
    } finally {
      open.unlock();
    }
  }

  /// The library takes valid Unicode only: half a surrogate pair becomes U+FFFD.
  private static String wellFormed(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_16LE), StandardCharsets.UTF_16LE);
  }

  private static int[] narrow(long[] ids) {
    int[] narrow = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      narrow[i] = Math.toIntExact(ids[i]);
    }
    return narrow;
  }

  /// Keeps the tokenizer from being closed until the lock is released.
  private Lock open() {
    Lock shared = lock.readLock();
    shared.lock();
    if (closed) {
      shared.unlock();
      throw new IllegalStateException("the tokenizer is closed");
    }
    return shared;
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        library.deleteTokenizer(handle);
      }
    } finally {
      lock.writeLock().unlock();
    }
  }
}
