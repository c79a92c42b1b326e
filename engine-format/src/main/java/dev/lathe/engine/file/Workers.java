package dev.lathe.engine.file;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Runs tasks on a fixed number of threads. The first failure stops the others and is thrown.
final class Workers {
  private Workers() {}

  /// Runs all tasks and returns when no thread is left running.
  ///
  /// @throws LatheException `interrupted` if the calling thread is interrupted meanwhile
  static void run(int threads, List<Callable<Void>> tasks) throws IOException {
    int used = Math.min(threads, tasks.size());
    if (used <= 1) {
      runHere(tasks);
      return;
    }
    try (ExecutorService pool = Executors.newFixedThreadPool(used)) {
      CompletionService<Void> results = new ExecutorCompletionService<>(pool);
      List<Object> submitted = new ArrayList<>();
      tasks.forEach(task -> submitted.add(results.submit(task)));
      try {
        for (int i = 0; i < submitted.size(); i++) {
          results.take().get();
        }
      } catch (ExecutionException failure) {
        pool.shutdownNow();
        throw rethrow(failure.getCause() == null ? failure : failure.getCause());
      } catch (InterruptedException interrupt) {
        pool.shutdownNow();
        Thread.currentThread().interrupt();
        throw new LatheException(
            ExitCode.FAILURE, "interrupted", "the work was interrupted", "", interrupt);
      }
    }
  }

  private static void runHere(List<Callable<Void>> tasks) throws IOException {
    for (Callable<Void> task : tasks) {
      try {
        task.call();
      } catch (Exception failure) {
        throw rethrow(failure);
      }
    }
  }

  private static IOException rethrow(Throwable failure) {
    return switch (failure) {
      case IOException problem -> problem;
      case RuntimeException problem -> throw problem;
      case Error problem -> throw problem;
      default -> throw new IllegalStateException(failure);
    };
  }
}
