package dev.lathe.tests.kernel;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Runs the cases of a family in processes: a new one wherever the last one died, hung, or lost the
/// GPU's context. Kernels that did this are not launched again.
final class FamilyProcess {
  private static final int MOST_PROCESSES = 12;

  private final Family family;
  private final Class<?> main;
  private final long silentSeconds;
  private final FamilyReport report;
  private final AtomicLong lastLine = new AtomicLong();
  private String kernels = "";
  private StringBuilder failure = new StringBuilder();
  private int failing = -1;
  private int first;
  private boolean done;
  private volatile boolean outOfTime;

  /// @param main class that behaves as [KernelCheckMain]
  /// @param silentSeconds after which a process that prints nothing is taken to hang
  FamilyProcess(Family family, Class<?> main, long silentSeconds) {
    this.family = family;
    this.main = main;
    this.silentSeconds = silentSeconds;
    this.report = new FamilyReport(family.cases());
  }

  /// Runs all cases; returns when they are done or given up.
  ///
  /// @param deadline `System.nanoTime()` at which it is given up
  FamilyReport run(long deadline) {
    int processes = 0;
    while (!done && System.nanoTime() < deadline && processes < MOST_PROCESSES) {
      processes++;
      int begun = report.next();
      int broken = report.broken().size();
      runOnce(deadline);
      if (report.broken().size() > broken) {
        // Once more, for the other kernels of the case.
        first = report.next() - 1;
      } else if (report.next() > begun) {
        first = report.next();
      } else if (!done) {
        report.remark("the process ended before it began a case");
        break;
      }
    }
    if (!done) {
      report.remark(
          "%s after %d processes, before case %d"
              .formatted(outOfTime ? "out of time" : "given up", processes, report.next()));
    }
    return report;
  }

  private void runOnce(long deadline) {
    try {
      Process process = start();
      try (ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor();
          BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
        lastLine.set(System.nanoTime());
        var _ =
            watch.scheduleAtFixedRate(() -> killIfStuck(process, deadline), 1, 1, TimeUnit.SECONDS);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          lastLine.set(System.nanoTime());
          read(line);
        }
        int exitCode = process.waitFor();
        watch.shutdownNow();
        ended(exitCode);
      }
    } catch (IOException exception) {
      throw new UncheckedIOException(exception);
    } catch (InterruptedException exception) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", exception);
    }
  }

  private Process start() throws IOException {
    List<String> words = new ArrayList<>(List.of(main.getName()));
    words.addAll(List.of(family.name(), "" + first, String.join(",", report.broken())));
    return new ProcessBuilder(JavaCommand.words("3g", words)).redirectErrorStream(true).start();
  }

  private void killIfStuck(Process process, long deadline) {
    long now = System.nanoTime();
    outOfTime = now > deadline;
    if (outOfTime || now - lastLine.get() > TimeUnit.SECONDS.toNanos(silentSeconds)) {
      process.destroyForcibly();
    }
  }

  private void read(String line) {
    if (line.startsWith("|") && failing >= 0) {
      failure.append(line, 1, line.length()).append('\n');
      return;
    }
    endFailure();
    String[] words = line.split(" ", 3);
    switch (words[0]) {
      case "@begin" -> {
        report.begin(Integer.parseInt(words[1]));
        kernels = "";
      }
      case "@kernels" -> kernels = words[1];
      case "@pass" -> report.pass();
      case "@skip" -> report.skip(Integer.parseInt(words[1]));
      case "@fail" -> failing = Integer.parseInt(words[1]);
      case "@dead" -> report.breaks(List.of(kernels.split(",")));
      case "@done" -> done = true;
      default -> report.remark("printed: " + line);
    }
  }

  private void endFailure() {
    if (failing >= 0) {
      report.fail(failing, failure.toString());
      failing = -1;
      failure = new StringBuilder();
    }
  }

  /// A process that says nothing of its end was killed, by the watch or by a fault.
  private void ended(int exitCode) {
    endFailure();
    boolean wasKilled = exitCode > 128 && !outOfTime;
    if (wasKilled && report.next() > 0) {
      report.fail(
          report.next() - 1,
          "the process ended with %d during kernels [%s]; %d: it was silent for %d s"
              .formatted(exitCode, kernels, 137, silentSeconds));
      if (!kernels.isEmpty()) {
        report.breaks(List.of(kernels.split(",")));
      }
    }
  }
}
