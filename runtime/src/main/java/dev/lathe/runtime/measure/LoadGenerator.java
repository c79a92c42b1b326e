package dev.lathe.runtime.measure;

import dev.lathe.runtime.GenerationResult;
import dev.lathe.runtime.Session;
import dev.lathe.runtime.TokenPiece;
import dev.lathe.runtime.TokenStream;
import dev.lathe.runtime.TokenTimes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/// Submits requests to a session and waits for them.
public final class LoadGenerator {
  private final Session session;
  private final StepRecorder steps;
  private final boolean streaming;

  /// @param session reports its steps to `steps`, and does nothing else meanwhile
  /// @param streaming true: each token is read as it comes, else each output at its end
  public LoadGenerator(Session session, StepRecorder steps, boolean streaming) {
    this.session = session;
    this.steps = steps;
    this.streaming = streaming;
  }

  /// Runs all requests, at least one.
  ///
  /// @throws dev.lathe.engine.error.LatheException if a request is too large for the engine, has
  ///     ids outside the vocabulary, or the device fails
  public Measurement run(List<LoadRequest> requests, Arrival arrival) {
    steps.take();
    List<RequestTimes> times =
        switch (arrival) {
          case Arrival.Clients(int count) -> clients(requests, Math.min(count, requests.size()));
          case Arrival.Groups(int size) -> groups(requests, size);
        };
    return new Measurement(times, steps.take());
  }

  private List<RequestTimes> groups(List<LoadRequest> requests, int size) {
    List<RequestTimes> times = new ArrayList<>();
    for (int from = 0; from < requests.size(); from += size) {
      List<LoadRequest> group = requests.subList(from, Math.min(requests.size(), from + size));
      List<TokenStream> streams =
          session.submitTogether(group.stream().map(LoadRequest::generation).toList());
      List<Callable<RequestTimes>> readers = new ArrayList<>();
      for (int i = 0; i < streams.size(); i++) {
        LoadRequest request = group.get(i);
        TokenStream stream = streams.get(i);
        readers.add(() -> read(request, stream));
      }
      times.addAll(runAll(readers));
    }
    return times;
  }

  private List<RequestTimes> clients(List<LoadRequest> requests, int count) {
    AtomicInteger next = new AtomicInteger();
    RequestTimes[] times = new RequestTimes[requests.size()];
    Callable<Boolean> client =
        () -> {
          for (int i = next.getAndIncrement(); i < times.length; i = next.getAndIncrement()) {
            times[i] = oneOrStop(requests.get(i), next, times.length);
          }
          return true;
        };
    runAll(IntStream.range(0, count).mapToObj(_ -> client).toList());
    return List.of(times);
  }

  /// Runs one request; a failure keeps all clients from starting another.
  private RequestTimes oneOrStop(LoadRequest request, AtomicInteger next, int end) {
    try {
      return read(request, session.submit(request.generation()));
    } catch (RuntimeException failure) {
      next.set(end);
      throw failure;
    }
  }

  private RequestTimes read(LoadRequest request, TokenStream stream) {
    if (streaming) {
      int count = 0;
      for (TokenPiece _ : stream) {
        count++;
      }
      requireCount(count, request);
    }
    GenerationResult result = stream.await();
    TokenTimes times = result.times().orElseThrow();
    requireCount(times.published().size(), request);
    return new RequestTimes(request.id(), request.prompt().size(), times);
  }

  private static void requireCount(int count, LoadRequest request) {
    if (count != request.outputTokens()) {
      throw new IllegalStateException(
          count + " tokens for request " + request.id() + " of " + request.outputTokens());
    }
  }

  private static <T> List<T> runAll(List<Callable<T>> tasks) {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<T> results = new ArrayList<>();
      for (Future<T> future : threads.invokeAll(tasks)) {
        results.add(future.get());
      }
      return results;
    } catch (ExecutionException failure) {
      if (failure.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("a client failed", failure);
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while measuring", interruption);
    }
  }
}
