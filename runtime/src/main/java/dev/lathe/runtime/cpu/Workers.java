package dev.lathe.runtime.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/// A fixed set of threads that share the tasks of one operation at a time. The caller is one of
/// them.
public final class Workers implements AutoCloseable {
  private final int threads;
  private final ExecutorService others;

  /// @param threads how many work at once, the caller included; at least 1
  public Workers(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException(threads + " threads");
    }
    this.threads = threads;
    this.others =
        Executors.newFixedThreadPool(
            Math.max(1, threads - 1),
            task -> {
              Thread thread = new Thread(task, "lathe-cpu");
              thread.setDaemon(true);
              return thread;
            });
  }

  /// As many threads as the machine has processors.
  public static Workers ofProcessors() {
    return new Workers(Runtime.getRuntime().availableProcessors());
  }

  /// A part of an operation.
  public interface Task {
    /// @param index of the part
    /// @param worker number of the thread, from 0: selects its scratch memory
    void run(int index, int worker);
  }

  public int threads() {
    return threads;
  }

  /// Runs tasks 0 to `count` (exclusive) and returns when all are done.
  ///
  /// @throws IllegalStateException if a task failed
  public void run(int count, Task task) {
    if (threads == 1 || count <= 1) {
      for (int index = 0; index < count; index++) {
        task.run(index, 0);
      }
      return;
    }
    AtomicInteger next = new AtomicInteger();
    List<Future<?>> running = new ArrayList<>();
    for (int worker = 1; worker < Math.min(threads, count); worker++) {
      int number = worker;
      running.add(others.submit(() -> drain(next, count, task, number)));
    }
    try {
      drain(next, count, task, 0);
    } finally {
      running.forEach(Workers::await);
    }
  }

  /// Runs the tasks on the calling thread if the operation is too small to be worth sharing.
  void run(int count, long operations, Task task) {
    if (operations < 50_000) {
      for (int index = 0; index < count; index++) {
        task.run(index, 0);
      }
    } else {
      run(count, task);
    }
  }

  private static void drain(AtomicInteger next, int count, Task task, int worker) {
    for (int index = next.getAndIncrement(); index < count; index = next.getAndIncrement()) {
      task.run(index, worker);
    }
  }

  private static void await(Future<?> future) {
    boolean interrupted = false;
    while (true) {
      try {
        future.get();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      } catch (ExecutionException e) {
        throw new IllegalStateException("a task on the CPU failed", e.getCause());
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    others.shutdownNow();
  }
}
