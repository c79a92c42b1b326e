package dev.lathe.runtime.cuda;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// One open handle in the count of its context.
final class Lease {
  private final AtomicInteger open;
  private final AtomicBoolean ended = new AtomicBoolean();

  Lease(AtomicInteger open) {
    this.open = open;
    open.incrementAndGet();
  }

  /// True the first time: the caller then frees what the handle stands for.
  boolean end() {
    boolean first = ended.compareAndSet(false, true);
    if (first) {
      open.decrementAndGet();
    }
    return first;
  }
}
