package dev.lathe.runtime;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Queue;
import java.util.Set;

/// A thread that turns tokens into text, so that the driver thread need not. Streams are rendered
/// in the order in which they asked for it.
final class TextThread implements AutoCloseable {
  private final Queue<TokenStream> queue = new ArrayDeque<>();
  private final Set<TokenStream> queued = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Thread thread = new Thread(this::work, "lathe-text");
  private boolean closed;

  TextThread() {
    thread.setDaemon(true);
    thread.start();
  }

  /// Has a stream rendered soon.
  synchronized void wake(TokenStream stream) {
    if (queued.add(stream)) {
      queue.add(stream);
      notifyAll();
    }
  }

  private void work() {
    try {
      while (true) {
        TokenStream stream;
        synchronized (this) {
          while (queue.isEmpty() && !closed) {
            wait();
          }
          if (queue.isEmpty()) {
            return;
          }
          stream = queue.remove();
          queued.remove(stream);
        }
        render(stream);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void render(TokenStream stream) {
    try {
      stream.render();
    } catch (RuntimeException e) {
      stream.fail(e);
    }
  }

  /// Renders what is queued, then ends.
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
