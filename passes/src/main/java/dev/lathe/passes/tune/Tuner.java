package dev.lathe.passes.tune;

import dev.lathe.engine.v1.KernelChoice;
import dev.lathe.engine.v1.KernelChoice.Gpu;
import dev.lathe.passes.select.CandidateCatalog;
import dev.lathe.passes.select.CandidateCatalog.Candidates;
import dev.lathe.passes.select.PlannedStep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Chooses a kernel for every step: by the cache, else by measurement while there is time, else by
/// estimate. What takes most of a forward pass is measured first.
public final class Tuner {
  private final CandidateCatalog catalog;
  private final Sources sources;
  private final TuningListener listener;
  private final Map<String, KernelChoice> choices = new HashMap<>();
  private final Map<String, TimingCache.Entry> entries = new HashMap<>();
  private int timed;

  /// Where times come from.
  ///
  /// @param gpu whose times count; empty: all is decided by estimate
  /// @param timer measures on that GPU; empty: only the cache is asked
  /// @param budget how long measuring may take; the problem at hand is brought to its end
  /// @param nanoClock as [System#nanoTime()]
  public record Sources(
      TimingCache cache,
      Optional<Gpu> gpu,
      Optional<CandidateTimer> timer,
      Duration budget,
      LongSupplier nanoClock) {

    /// No times at all.
    public static Sources none() {
      return new Sources(
          new TimingCache(), Optional.empty(), Optional.empty(), Duration.ZERO, () -> 0);
    }
  }

  private record Pending(Problem problem, TimingCache.Key key, TuningTask task) {}

  public Tuner(CandidateCatalog catalog, Sources sources, TuningListener listener) {
    this.catalog = catalog;
    this.sources = sources;
    this.listener = listener;
  }

  /// @param steps of all profiles, in the order of the plans
  /// @throws dev.lathe.passes.select.NoKernelException if a step has no candidate
  public Tuning tune(List<PlannedStep> steps) {
    List<Problem> problems = problems(steps);
    sources.gpu().ifPresent(gpu -> byTimes(problems, gpu));
    int alone = (int) problems.stream().filter(Problem::isAlone).count();
    int measured = choices.size();
    int estimated = problems.size() - alone - measured;
    return new Tuning(
        problems.stream().map(this::choice).toList(),
        problems.stream()
            .map(Problem::text)
            .filter(entries::containsKey)
            .map(entries::get)
            .toList(),
        new Tuning.Counts(alone, timed, measured - timed, estimated));
  }

  private KernelChoice choice(Problem problem) {
    KernelChoice choice = choices.get(problem.text());
    return choice == null ? problem.byEstimate() : choice;
  }

  private List<Problem> problems(List<PlannedStep> steps) {
    Map<String, PlannedStep> first = new LinkedHashMap<>();
    Map<String, Integer> uses = new HashMap<>();
    for (PlannedStep step : steps) {
      String text = ProblemText.of(step.op(), step.context());
      first.putIfAbsent(text, step);
      uses.merge(text, 1, Integer::sum);
    }
    List<Problem> problems = new ArrayList<>();
    first.forEach((text, step) ->
        problems.add(new Problem(text, step, uses.getOrDefault(text, 0), contest(step))));
    return problems;
  }

  private Contest contest(PlannedStep step) {
    Candidates candidates = catalog.candidates(step.op(), step.context());
    if (candidates.all().isEmpty()) {
      // The catalog says best why there is none.
      catalog.lower(step.op(), step.context());
      throw new IllegalStateException("a catalog lowers what it has no candidates for");
    }
    return Contest.of(candidates);
  }

  private void byTimes(List<Problem> problems, Gpu gpu) {
    if (sources.timer().isEmpty() && sources.cache().entries().isEmpty()) {
      return;
    }
    List<Pending> missing =
        problems.parallelStream()
            .filter(problem -> !problem.isAlone())
            .map(problem -> pending(problem, gpu))
            .toList()
            .stream()
            .filter(pending -> !isCached(pending))
            .sorted(mostTimeFirst())
            .toList();
    sources.timer().ifPresent(timer -> measure(missing, timer));
  }

  private static Comparator<Pending> mostTimeFirst() {
    return Comparator.comparingDouble((Pending pending) -> pending.problem().weight())
        .reversed()
        .thenComparing(pending -> pending.problem().text());
  }

  private static Pending pending(Problem problem, Gpu gpu) {
    TuningTask task = problem.task();
    String target = problem.step().context().target();
    String kernels = KernelsDigest.of(task.contenders());
    return new Pending(problem, new TimingCache.Key(gpu, target, problem.text(), kernels), task);
  }

  private boolean isCached(Pending pending) {
    Optional<TimingCache.Entry> entry = sources.cache().find(pending.key());
    return entry.isPresent() && take(pending.problem(), entry.get());
  }

  private boolean take(Problem problem, TimingCache.Entry entry) {
    Optional<KernelChoice> choice = problem.byTimes(entry);
    choice.ifPresent(chosen -> {
      choices.put(problem.text(), chosen);
      entries.put(problem.text(), entry);
    });
    return choice.isPresent();
  }

  private void measure(List<Pending> missing, CandidateTimer timer) {
    long end = sources.nanoClock().getAsLong() + sources.budget().toNanos();
    timer.expect(missing.stream().map(Pending::task).toList());
    for (int i = 0; i < missing.size() && sources.nanoClock().getAsLong() - end < 0; i++) {
      Pending pending = missing.get(i);
      listener.measuring(i, missing.size(), pending.task());
      Measurement measurement = new Measurement(pending.task(), timer.time(pending.task()));
      measurement
          .failures()
          .forEach((contender, reason) -> listener.failed(pending.task(), contender, reason));
      Optional<TimingCache.Entry> entry = measurement.entry(pending.key());
      if (entry.isPresent() && take(pending.problem(), entry.get())) {
        timed++;
        listener.measured(entry.get());
      }
    }
  }
}
