package dev.lathe.cli.build;

import dev.lathe.cli.build.TargetOptions.TuneMode;
import dev.lathe.cli.console.Log;
import dev.lathe.cli.wiring.TimingGpu;
import dev.lathe.cli.wiring.TimingGpu.Presence;
import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import dev.lathe.engine.v1.KernelChoice.Gpu;
import dev.lathe.passes.select.CandidateCatalog;
import dev.lathe.passes.select.PlannedStep;
import dev.lathe.passes.tune.CandidateTimer;
import dev.lathe.passes.tune.TimingCache;
import dev.lathe.passes.tune.Tuner;
import dev.lathe.passes.tune.Tuning;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/// Chooses the kernels of a build in the way that `--tune` says.
final class KernelTuning {
  private final BuildRequest request;
  private final String target;
  private final TimingGpu gpu;
  private final Log log;

  /// @throws LatheException `no-gpu`, exit code 3, if timing is demanded and cannot be
  KernelTuning(BuildRequest request, String target, TimingGpu gpu, Log log) {
    this.request = request;
    this.target = target;
    this.gpu = gpu;
    this.log = log;
    if (request.tuning().tune == TuneMode.FULL
        && gpu.find(target) instanceof Presence.Absent(String sentence)) {
      throw new LatheException(
          ExitCode.NO_DEVICE,
          "no-gpu",
          "--tune full has no " + target + " GPU to time on: " + sentence,
          "--tune cached chooses by a timing cache, on any machine");
    }
  }

  /// @param assembler asked for only if something may be timed
  Tuning choose(
      CandidateCatalog catalog,
      List<PlannedStep> steps,
      Supplier<Optional<Function<String, byte[]>>> assembler)
      throws IOException {
    TimingCacheFile output = TimingCacheFile.open(request.timingOutput());
    TuningLog listener = new TuningLog(log, output);
    return switch (mode()) {
      case OFF, AUTO -> new Tuner(catalog, Tuner.Sources.none(), listener).tune(steps);
      case CACHED -> new Tuner(catalog, cached(), listener).tune(steps);
      case FULL -> {
        try (CandidateTimer timer = gpu.open(assembler.get(), request.workers(), log)) {
          yield new Tuner(catalog, timed(timer), listener).tune(steps);
        }
      }
    };
  }

  /// What `auto` comes to.
  TuneMode mode() {
    TuneMode wanted = request.tuning().tune;
    if (wanted != TuneMode.AUTO) {
      return wanted;
    }
    boolean times = request.writesEngine() && gpu.find(target) instanceof Presence.Present;
    if (times) {
      return TuneMode.FULL;
    }
    return request.tuning().inputTimings.isPresent() ? TuneMode.CACHED : TuneMode.OFF;
  }

  private Tuner.Sources timed(CandidateTimer timer) throws IOException {
    Gpu present =
        switch (gpu.find(target)) {
          case Presence.Present(Gpu found) -> found;
          case Presence.Absent(String sentence) -> throw new IllegalStateException(sentence);
        };
    int seconds = request.tuning().tuneSeconds.orElse(TargetOptions.DEFAULT_TUNE_SECONDS);
    return new Tuner.Sources(
        input(),
        Optional.of(present),
        Optional.of(timer),
        Duration.ofSeconds(seconds),
        System::nanoTime);
  }

  /// By times of the GPU here, if the cache has some; else of the one that it had last.
  private Tuner.Sources cached() throws IOException {
    TimingCache cache = input();
    Optional<Gpu> here =
        switch (gpu.find(target)) {
          case Presence.Present(Gpu found) -> Optional.of(found);
          case Presence.Absent _ -> Optional.empty();
        };
    Optional<Gpu> known = here.filter(found -> cache.knows(found, target));
    Optional<Gpu> counts = known.or(() -> cache.lastGpu(target));
    if (known.isEmpty() && counts.isPresent()) {
      log.info("times of the cache are of " + counts.get().name());
    }
    return new Tuner.Sources(cache, counts, Optional.empty(), Duration.ZERO, () -> 0);
  }

  private TimingCache input() throws IOException {
    return request.tuning().inputTimings.isPresent()
        ? TimingCacheFile.read(request.tuning().inputTimings.get())
        : new TimingCache();
  }

  /// Leaves all timings that the build rests on where the next one can take them from.
  void keep(Tuning tuning) throws IOException {
    TimingCacheFile output = TimingCacheFile.open(request.timingOutput());
    output.touch();
    for (TimingCache.Entry entry : tuning.entries()) {
      output.add(entry);
    }
  }
}
