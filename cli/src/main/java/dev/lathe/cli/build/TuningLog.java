package dev.lathe.cli.build;

import dev.lathe.cli.console.Log;
import dev.lathe.passes.tune.Contender;
import dev.lathe.passes.tune.TimingCache;
import dev.lathe.passes.tune.TuningListener;
import dev.lathe.passes.tune.TuningTask;
import java.io.IOException;
import java.io.UncheckedIOException;

/// Shows how measuring goes on, and keeps each result at once. A terminal sees a bar; a log gets a
/// line every few seconds.
final class TuningLog implements TuningListener {
  private static final int BAR = 20;
  private static final long LINE_NANOS = 10_000_000_000L;

  private final Log log;
  private final TimingCacheFile file;
  private long lastLine = System.nanoTime();

  TuningLog(Log log, TimingCacheFile file) {
    this.log = log;
    this.file = file;
  }

  @Override
  public void measuring(int done, int all, TuningTask task) {
    String text = "tune " + done + " of " + all + ", " + task.label();
    log.progress("[" + bar(done, all) + "] " + text);
    log.debug(text + ": " + task.contenders().stream().map(Contender::label).toList());
    if (!log.console().watched() && System.nanoTime() - lastLine > LINE_NANOS) {
      lastLine = System.nanoTime();
      log.info(text);
    }
  }

  private static String bar(int done, int all) {
    int filled = all == 0 ? BAR : BAR * done / all;
    return "#".repeat(filled) + ".".repeat(BAR - filled);
  }

  @Override
  public void failed(TuningTask task, Contender contender, String reason) {
    log.info("tune " + task.label() + ": " + contender.label() + " is out: " + reason);
  }

  @Override
  public void measured(TimingCache.Entry entry) {
    log.debug("tune: " + entry.template() + "(" + entry.config() + ") " + entry.nanos() + " ns");
    try {
      file.add(entry);
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }
}
