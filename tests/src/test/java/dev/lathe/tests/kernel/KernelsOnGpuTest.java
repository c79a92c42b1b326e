package dev.lathe.tests.kernel;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;

/// Each family of kernels on the GPU against the CPU. Families run at the same time, each in a
/// process of its own. All failures in full are in `target/gpu-report/<family>.txt`.
@Tag("gpu")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KernelsOnGpuTest {
  private static final long SECONDS = 300;
  private static final long SILENT_SECONDS = 20;
  private static final int AT_ONCE =
      Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 2, 8);
  private static final Path REPORTS = Path.of("target", "gpu-report");

  private final ExecutorService processes = Executors.newFixedThreadPool(AT_ONCE);

  @TestFactory
  @Timeout(value = 2 * SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  Stream<DynamicTest> everyStepIsThatOfTheCpu(TestReporter reporter) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    List<DynamicTest> tests = new ArrayList<>();
    for (Family family : slowestFirst()) {
      Future<Outcome> outcome = processes.submit(() -> run(family, deadline));
      tests.add(DynamicTest.dynamicTest(family.name(), () -> expectNothing(outcome, reporter)));
    }
    return tests.stream();
  }

  private static List<Family> slowestFirst() {
    return Arrays.stream(Family.values())
        .sorted((a, b) -> Integer.compare(weight(b), weight(a)))
        .toList();
  }

  private static int weight(Family family) {
    return switch (family) {
      case EXPERTS_BF16, EXPERTS_F16, LINEAR_BF16, LINEAR_F16, LINEAR_EVERY_KERNEL -> 3;
      case ATTENTION_DECODE, ATTENTION_MIXED, LOGITS, ARGMAX, EXPERTS -> 2;
      case LINEAR_F32, ATTENTION_LONG, ROPE, ROWS -> 1;
    };
  }

  /// @param problems empty if there are none
  private record Outcome(String summary, String problems) {}

  private static Outcome run(Family family, long deadline) {
    long start = System.nanoTime();
    FamilyReport report =
        new FamilyProcess(family, KernelCheckMain.class, SILENT_SECONDS).run(deadline);
    String summary = report.summary(family.name(), (System.nanoTime() - start) / 1e9);
    write(family, summary + "\n" + report.full());
    return new Outcome(summary, report.isGood() ? "" : report.brief());
  }

  private static void write(Family family, String text) {
    try {
      Files.createDirectories(REPORTS);
      Files.writeString(
          REPORTS.resolve(family.name().toLowerCase(java.util.Locale.ROOT) + ".txt"), text);
    } catch (IOException exception) {
      throw new UncheckedIOException(exception);
    }
  }

  private static void expectNothing(Future<Outcome> future, TestReporter reporter)
      throws ExecutionException, InterruptedException {
    Outcome outcome = future.get();
    reporter.publishEntry(outcome.summary());
    if (!outcome.problems().isEmpty()) {
      fail(outcome.summary() + "\n" + outcome.problems());
    }
  }

  @AfterAll
  void stop() {
    processes.shutdownNow();
  }
}
