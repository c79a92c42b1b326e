package dev.lathe.cli.build;

import dev.lathe.cli.console.Log;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;

/// Times the phases of a build and says when each is done.
final class Phases {
  private final SequencedMap<String, Long> nanos = new LinkedHashMap<>();
  private final Log log;

  Phases(Log log) {
    this.log = log;
  }

  /// Work of one phase.
  interface Work<T> {
    T run() throws IOException;
  }

  /// Runs one phase; a phase that runs twice has the sum of both times.
  <T> T time(String phase, Work<T> work) throws IOException {
    log.progress(phase + " ...");
    long start = System.nanoTime();
    T result = work.run();
    long took = System.nanoTime() - start;
    nanos.merge(phase, took, Long::sum);
    log.info(String.format(Locale.ROOT, "%-10s %7.2f s", phase, took / 1e9));
    return result;
  }

  /// Seconds by phase, in order.
  SequencedMap<String, Double> seconds() {
    SequencedMap<String, Double> seconds = new LinkedHashMap<>();
    for (Map.Entry<String, Long> phase : nanos.entrySet()) {
      seconds.put(phase.getKey(), phase.getValue() / 1e9);
    }
    return seconds;
  }
}
