package dev.lathe.cli.run;

import dev.lathe.cli.npy.NpyWriter;
import dev.lathe.runtime.LogitsListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/// Writes the logits of a prompt to a file as they are computed.
final class LogitsFile implements LogitsListener, AutoCloseable {
  private final NpyWriter writer;
  private boolean complete;

  LogitsFile(Path file, int tokens, int vocabulary) throws IOException {
    writer = NpyWriter.floats(file, tokens, vocabulary);
  }

  @Override
  public void row(int position, float[] logits) {
    try {
      writer.row(logits);
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  /// To be called when the prompt was computed: a file that is closed before may be short.
  void complete() {
    complete = true;
  }

  @Override
  public void close() throws IOException {
    if (complete) {
      writer.close();
    } else {
      writer.abandon();
    }
  }
}
