package dev.lathe.cli.build;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// Follows how much memory this process uses, on a thread of its own, until it is closed.
///
/// Anonymous memory is what a build needs; pages of mapped files (the checkpoint, the engine) are
/// the system's to give and take.
final class MemoryWatch implements AutoCloseable {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Duration INTERVAL = Duration.ofMillis(50);

  private final Thread thread = new Thread(this::follow, "memory-watch");
  private volatile long anonymousBytes;
  private volatile long fileBytes;

  /// Peaks since the watch began; 0 where the system does not tell.
  ///
  /// @param heapBytes of the Java heap, sum over its pools
  /// @param anonymousBytes resident, of no file
  /// @param fileBytes resident, of mapped files
  record Peak(long heapBytes, long anonymousBytes, long fileBytes) {}

  MemoryWatch() {
    thread.setDaemon(true);
    thread.start();
  }

  private void follow() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        sample();
        Thread.sleep(INTERVAL);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void sample() {
    anonymousBytes = Math.max(anonymousBytes, status("RssAnon:"));
    fileBytes = Math.max(fileBytes, status("RssFile:"));
  }

  private static long status(String field) {
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith(field))
          .map(line -> line.substring(field.length()).replace("kB", "").strip())
          .mapToLong(kilobytes -> Long.parseLong(kilobytes) << 10)
          .findFirst()
          .orElse(0);
    } catch (IOException _) {
      return 0; // no such file on this system
    }
  }

  Peak peak() {
    sample();
    long heap =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getPeakUsage)
            .mapToLong(usage -> usage == null ? 0 : usage.getUsed())
            .sum();
    return new Peak(heap, anonymousBytes, fileBytes);
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
