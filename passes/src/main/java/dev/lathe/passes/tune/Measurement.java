package dev.lathe.passes.tune;

import dev.lathe.engine.v1.KernelChoice.Nanos;
import dev.lathe.passes.tune.TimingCache.Result;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/// The timings of a problem's contenders, and which of them is best.
///
/// @param timings one a contender, in their order
record Measurement(TuningTask task, List<Timing> timings) {

  /// Times that differ by no more than this part count as equal: the estimate decides among them,
  /// so that noise does not.
  private static final double NOISE = 0.005;

  Measurement {
    timings = List.copyOf(timings);
    if (timings.size() != task.contenders().size()) {
      throw new IllegalStateException(timings.size() + " timings for " + task.label());
    }
  }

  /// Why contenders have no time.
  SequencedMap<Contender, String> failures() {
    SequencedMap<Contender, String> failures = new LinkedHashMap<>();
    for (int i = 0; i < timings.size(); i++) {
      if (timings.get(i) instanceof Timing.Failed(String reason)) {
        failures.put(task.contenders().get(i), reason);
      }
    }
    return failures;
  }

  /// What goes into the cache; empty if no contender has a time.
  Optional<TimingCache.Entry> entry(TimingCache.Key key) {
    List<Result> results = IntStream.range(0, timings.size()).mapToObj(this::result).toList();
    OptionalLong least =
        results.stream()
            .flatMap(result -> result.measured().stream())
            .mapToLong(Nanos::median)
            .min();
    if (least.isEmpty()) {
      return Optional.empty();
    }
    long bound = (long) (least.getAsLong() * (1 + NOISE));
    return results.stream()
        .filter(result -> result.measured().isPresent())
        .filter(result -> result.measured().get().median() <= bound)
        .findFirst()
        .map(best ->
            new TimingCache.Entry(
                key,
                best.template(),
                best.config(),
                best.measured().orElseThrow().median(),
                results));
  }

  private Result result(int index) {
    Contender contender = task.contenders().get(index);
    String template = contender.candidate().template();
    String config = contender.candidate().config();
    return switch (timings.get(index)) {
      case Timing.Measured(Nanos nanos) ->
          new Result(template, config, Optional.of(nanos), Optional.empty());
      case Timing.Failed(String reason) ->
          new Result(template, config, Optional.empty(), Optional.of(reason));
    };
  }
}
