package dev.lathe.engine.file;

/// Adds up the progress of several threads.
final class ProgressCount {
  private static final long REPORT_BYTES = 16 << 20;

  private final Progress progress;
  private final long totalBytes;
  private long doneBytes;
  private long reportedBytes;

  ProgressCount(Progress progress, long totalBytes) {
    this.progress = progress;
    this.totalBytes = totalBytes;
  }

  synchronized void add(long bytes) {
    doneBytes += bytes;
    if (doneBytes - reportedBytes >= REPORT_BYTES || doneBytes == totalBytes) {
      reportedBytes = doneBytes;
      progress.advanced(doneBytes, totalBytes);
    }
  }
}
