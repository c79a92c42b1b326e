package dev.lathe.runtime;

import dev.lathe.engine.error.LatheException;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.runtime.device.StepExecutor;
import dev.lathe.runtime.metrics.SessionMetrics;
import dev.lathe.runtime.schedule.SchedulerLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/// One engine on one device, running requests as they come. Thread-safe. Made by
/// [Engine#newSession()].
public final class Session implements AutoCloseable {
  private final Engine engine;
  private final StepExecutor executor;
  private final SchedulerLimits limits;
  private final SessionLoop loop;
  private final SessionMetrics metrics = new SessionMetrics();
  private final TextThread texts = new TextThread();
  private final LinkedBlockingQueue<Command> commands = new LinkedBlockingQueue<>();
  private final Thread driver;
  private boolean closed;
  private @Nullable RuntimeException failure;

  /// What callers ask of the driver thread.
  private sealed interface Command {
    record Submit(List<Generation> generations) implements Command {}

    record Cancel(Generation generation) implements Command {}

    record Close() implements Command {}
  }

  Session(Engine engine, StepExecutor executor, SessionOptions options) {
    this.engine = engine;
    this.executor = executor;
    Manifest manifest = engine.manifest();
    this.limits = SchedulerLimits.of(manifest, executor.kvBlocks());
    this.loop = new SessionLoop(executor, manifest, limits, options, metrics, texts);
    this.driver = new Thread(this::drive, "lathe-session");
    driver.setDaemon(true);
    driver.start();
  }

  /// Queues a request for one output.
  ///
  /// @throws LatheException if the request can never run on this engine: limits, tokenizer, token
  ///     ids, logits
  /// @throws IllegalStateException if the session is closed, or the request is for many outputs
  public TokenStream submit(GenerationRequest request) {
    if (request.returnSequences() != 1) {
      throw new IllegalStateException("a request for many outputs goes to submitAll");
    }
    return submitAll(request).getFirst();
  }

  /// Queues a request, and returns one stream for each of its outputs.
  ///
  /// @throws LatheException as [#submit(GenerationRequest)]
  public List<TokenStream> submitAll(GenerationRequest request) {
    return submitTogether(List.of(request));
  }

  /// Queues requests so that none of them starts before all are queued: as far as the limits of the
  /// engine allow, the next step takes all of them. Returns one stream for each output, in order.
  ///
  /// @throws LatheException as [#submit(GenerationRequest)]; nothing is queued then
  public List<TokenStream> submitTogether(List<GenerationRequest> requests) {
    List<Generation> generations = new ArrayList<>();
    for (GenerationRequest request : requests) {
      int[] prompt = engine.check(request);
      limits.check(prompt.length, request.maxOutputTokens());
      for (int number = 0; number < request.returnSequences(); number++) {
        generations.add(generation(request, number, prompt));
      }
    }
    synchronized (commands) {
      requireOpen();
      commands.add(new Command.Submit(generations));
    }
    return generations.stream().map(Generation::stream).toList();
  }

  private Generation generation(GenerationRequest request, int number, int[] prompt) {
    Generation[] self = new Generation[1];
    Optional<TextOutput> text =
        request.withText()
            ? engine.tokenizer().map(tokenizer -> new TextOutput(tokenizer, request.stopWords()))
            : Optional.empty();
    TokenStream stream =
        new TokenStream(
            request.maxOutputTokens(), text, () -> commands.add(new Command.Cancel(self[0])));
    self[0] = new Generation(request, number, prompt, engine.manifest().model(), text, stream);
    return self[0];
  }

  private void requireOpen() {
    if (failure != null) {
      throw failure;
    }
    if (closed) {
      throw new IllegalStateException("the session is closed");
    }
  }

  /// Generates 64 tokens after a text, greedily, and waits for them.
  ///
  /// @throws LatheException as [#submit(GenerationRequest)]
  public GenerationResult generate(String prompt) {
    return generate(GenerationRequest.builder(prompt).build());
  }

  /// Runs a request for one output and waits for its end.
  ///
  /// @throws LatheException as [#submit(GenerationRequest)]
  public GenerationResult generate(GenerationRequest request) {
    return submit(request).await();
  }

  public SessionMetrics metrics() {
    return metrics;
  }

  /// Blocks of the KV cache.
  public int kvBlocks() {
    return limits.blocks();
  }

  /// Time by kernel, if the limits of the session asked for it. To be called when nothing runs.
  public List<StepExecutor.KernelTime> kernelTimes() {
    return executor.kernelTimes();
  }

  private void drive() {
    try {
      boolean closing = false;
      while (!closing || !loop.isIdle()) {
        closing |= obey(closing);
        if (!loop.isIdle()) {
          loop.tick();
        }
      }
    } catch (RuntimeException | Error e) {
      fail(HeapExhaustedException.orAsItIs(e));
    } finally {
      try (texts) {
        executor.close();
      }
    }
  }

  /// Takes what callers asked for; waits for something if there is nothing to do. Returns true if
  /// the session is to end.
  private boolean obey(boolean closing) {
    boolean wait = loop.isIdle() && !closing;
    boolean close = false;
    Command command = wait ? take() : commands.poll();
    if (wait) {
      loop.resume();
    }
    for (; command != null; command = commands.poll()) {
      switch (command) {
        case Command.Submit(List<Generation> generations) -> generations.forEach(loop::submit);
        case Command.Cancel(Generation generation) -> loop.cancel(generation);
        case Command.Close() -> close = true;
      }
    }
    return close;
  }

  private Command take() {
    try {
      return commands.take();
    } catch (InterruptedException e) {
      throw new IllegalStateException("the driver thread was interrupted", e);
    }
  }

  /// Ends all streams, those that are only queued too.
  private void fail(RuntimeException cause) {
    synchronized (commands) {
      failure = cause;
    }
    loop.fail(cause);
    for (Command command = commands.poll(); command != null; command = commands.poll()) {
      if (command instanceof Command.Submit(List<Generation> generations)) {
        generations.forEach(generation -> generation.stream().fail(cause));
      }
    }
  }

  /// Lets everything that was submitted end, then frees the device. Waits for that.
  @Override
  public void close() {
    synchronized (commands) {
      if (!closed) {
        closed = true;
        commands.add(new Command.Close());
      }
    }
    boolean interrupted = false;
    while (driver.isAlive()) {
      try {
        driver.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
