package dev.lathe.cli.bench;

import com.google.gson.JsonObject;
import dev.lathe.cli.console.Console;
import dev.lathe.cli.console.Log;
import dev.lathe.cli.wiring.LoadedEngine;
import dev.lathe.runtime.Engine;
import dev.lathe.runtime.SessionOptions;
import dev.lathe.runtime.measure.Arrival;
import dev.lathe.runtime.measure.DeviceRates;
import dev.lathe.runtime.measure.LoadGenerator;
import dev.lathe.runtime.measure.LoadRequest;
import dev.lathe.runtime.measure.Measurement;
import dev.lathe.runtime.measure.Roofline;
import dev.lathe.runtime.measure.StepRecorder;
import dev.lathe.runtime.metrics.SessionMetrics.Counter;
import dev.lathe.runtime.schedule.Policy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Runs requests on an engine and reports how that went.
final class ServingRun {
  private static final int DEFAULT_LENGTH = 128;
  private static final int DEFAULT_REQUESTS = 10;

  private final String command;
  private final ServingOptions options;
  private final int clients;
  private final int groupSize;

  /// @param clients requests that run at once; 0: they come in groups
  /// @param groupSize requests that start together; 0: all
  private ServingRun(String command, ServingOptions options, int clients, int groupSize) {
    this.command = command;
    this.options = options;
    this.clients = clients;
    this.groupSize = groupSize;
  }

  static ServingRun latency(ServingOptions options, int concurrency, Optional<Integer> batchSize) {
    return new ServingRun(
        "latency", options, batchSize.isPresent() ? 0 : concurrency, batchSize.orElse(0));
  }

  /// @param concurrency 0: all at once
  static ServingRun throughput(ServingOptions options, int concurrency) {
    return new ServingRun("throughput", options, concurrency, 0);
  }

  void run(Console console, Log log, boolean json) throws IOException {
    ServingReport report = measure(log);
    ReportFiles.write(
        options.measurement, () -> ServingJson.of(report), () -> ServingPage.of(report));
    if (options.iterationLog.isPresent()) {
      ReportFiles.writeSteps(options.iterationLog.get(), report.measurement().steps());
    }
    if (json) {
      JsonObject object = ServingJson.of(report);
      console.out().println(object);
    } else {
      new ServingText(report).lines().forEach(console.out()::println);
    }
  }

  private ServingReport measure(Log log) throws IOException {
    StepRecorder steps = new StepRecorder();
    SessionOptions session =
        SessionOptions.DEFAULT.withPolicy(policy(options.policy)).withSteps(steps);
    LoadedEngine.Wish wish =
        new LoadedEngine.Wish(
            options.measurement.engine,
            options.device,
            Optional.empty(),
            options.kvMemoryFraction,
            false);
    try (LoadedEngine loaded = LoadedEngine.open(wish, session, log)) {
      List<LoadRequest> requests = requests(loaded.engine());
      LoadGenerator generator = new LoadGenerator(loaded.session(), steps, options.streaming);
      warmUp(generator, requests, loaded.engine(), log);
      long interrupted = loaded.session().metrics().value(Counter.PREEMPTIONS);
      log.info("measuring " + requests.size() + " requests");
      Measurement measured = generator.run(requests, arrival(requests.size()));
      interrupted = loaded.session().metrics().value(Counter.PREEMPTIONS) - interrupted;
      int kvBlocks = loaded.session().kvBlocks();
      // The session's memory is needed for the copies by which the device is measured.
      loaded.session().close();
      return report(loaded, measured, kvBlocks, interrupted);
    }
  }

  private ServingReport report(
      LoadedEngine loaded, Measurement measured, int kvBlocks, long interrupted) {
    Engine engine = loaded.engine();
    Optional<Roofline> roofline =
        DeviceRates.of(engine.device(), engine.manifest().model().dtype())
            .map(rates ->
                Roofline.of(rates, engine.manifest(), engine.image().plans(), measured.steps()));
    return new ServingReport(
        command,
        options,
        clients,
        groupSize,
        engine.manifest(),
        loaded.device(),
        loaded.loadNanos(),
        kvBlocks,
        measured,
        interrupted,
        roofline);
  }

  private static Policy policy(SchedulingPolicy choice) {
    return switch (choice) {
      case GUARANTEED_NO_EVICT -> Policy.guaranteedNoEvict();
      case MAX_UTILIZATION -> Policy.maxUtilization();
    };
  }

  private Arrival arrival(int requests) {
    return clients > 0
        ? new Arrival.Clients(clients)
        : new Arrival.Groups(groupSize > 0 ? groupSize : requests);
  }

  private List<LoadRequest> requests(Engine engine) throws IOException {
    if (options.dataset.isEmpty()) {
      return random(engine, options.seed).first(options.requests.orElse(DEFAULT_REQUESTS));
    }
    Dataset dataset = new Dataset(options.dataset.get(), engine.manifest(), engine.tokenizer());
    int most = options.requests.orElse(Integer.MAX_VALUE);
    List<LoadRequest> requests = dataset.read(most);
    if (options.requests.isPresent() && requests.size() < most) {
      throw DatasetException.ofFile(
          options.dataset.get(),
          "has " + requests.size() + " requests, fewer than --num_requests " + most,
          "ask for fewer, or leave --num_requests out");
    }
    return requests;
  }

  private RandomRequests random(Engine engine, long seed) {
    return new RandomRequests(
        engine.manifest().model().vocabularySize(),
        options.inputLength.orElse(DEFAULT_LENGTH),
        options.outputLength.orElse(DEFAULT_LENGTH),
        seed);
  }

  /// Runs requests that do not count: other random ones, or those of the dataset from its start.
  private void warmUp(LoadGenerator generator, List<LoadRequest> requests, Engine engine, Log log) {
    int count =
        groupSize > 0 ? Math.ceilDiv(options.warmup, groupSize) * groupSize : options.warmup;
    if (count == 0) {
      return;
    }
    log.info("warming up with " + count + " requests");
    List<LoadRequest> warmUp = new ArrayList<>();
    if (options.dataset.isEmpty()) {
      warmUp.addAll(random(engine, options.seed + 1).first(count));
    } else {
      for (int i = 0; i < count; i++) {
        warmUp.add(requests.get(i % requests.size()));
      }
    }
    generator.run(warmUp, arrival(count));
  }
}
