package dev.lathe.runtime.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Runs tasks on a few threads while an engine is loaded. The context is current on all of them.
final class Workers {
  private static final int MOST_THREADS = 8;

  private Workers() {}

  /// Threads that are worth having for `tasks` tasks.
  static int threadsFor(int tasks) {
    int processors = Runtime.getRuntime().availableProcessors();
    return Math.max(1, Math.min(tasks, Math.min(processors, MOST_THREADS)));
  }

  /// Runs all, waits for all, and raises the first failure.
  static void runAll(CudaContext context, List<Runnable> tasks) {
    try (ExecutorService executor = Executors.newFixedThreadPool(threadsFor(tasks.size()))) {
      List<Future<?>> futures = new ArrayList<>();
      for (Runnable task : tasks) {
        futures.add(
            executor.submit(() -> {
              context.makeCurrent();
              task.run();
            }));
      }
      for (Future<?> future : futures) {
        await(future);
      }
    }
  }

  private static void await(Future<?> future) {
    try {
      future.get();
    } catch (ExecutionException exception) {
      if (exception.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("loading failed", exception);
    } catch (InterruptedException exception) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while loading an engine", exception);
    }
  }
}
