package dev.lathe.runtime.cuda;

import java.util.ArrayDeque;
import java.util.Deque;

/// Handles that are closed together, the last one first.
final class HandleStack implements Handle {
  private final Deque<Handle> handles = new ArrayDeque<>();

  /// Takes over a handle, and returns it.
  <T extends Handle> T add(T handle) {
    handles.push(handle);
    return handle;
  }

  /// Closes all, also if some fail; raises the first failure, with the others attached.
  @Override
  public void close() {
    RuntimeException failure = null;
    while (!handles.isEmpty()) {
      try {
        handles.pop().close();
      } catch (RuntimeException exception) {
        if (failure == null) {
          failure = exception;
        } else {
          failure.addSuppressed(exception);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
