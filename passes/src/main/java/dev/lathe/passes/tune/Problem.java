package dev.lathe.passes.tune;

import dev.lathe.engine.v1.KernelChoice;
import dev.lathe.engine.v1.KernelChoice.Basis;
import dev.lathe.engine.v1.KernelChoice.Candidate;
import dev.lathe.passes.select.KernelCandidate;
import dev.lathe.passes.select.PlannedStep;
import java.util.List;
import java.util.Optional;

/// What several steps have in common: they want the same kernel.
///
/// @param text see [ProblemText]
/// @param step the first that has it
/// @param uses how many steps have it
record Problem(String text, PlannedStep step, int uses, Contest contest) {

  /// Microseconds that all steps together are expected to take.
  double weight() {
    return uses * contest.best().estimatedMicros();
  }

  boolean isAlone() {
    return contest.kept().size() == 1;
  }

  /// The candidates with their kernels.
  TuningTask task() {
    return new TuningTask(
        step,
        contest.kept().stream()
            .map(candidate -> new Contender(candidate, candidate.lower()))
            .toList());
  }

  /// The choice of the least estimate.
  KernelChoice byEstimate() {
    Basis basis = isAlone() ? Basis.ALONE : Basis.ESTIMATED;
    List<Candidate> candidates =
        contest.kept().stream()
            .map(candidate -> candidate(candidate, Optional.empty(), Optional.empty()))
            .toList();
    KernelCandidate best = contest.best();
    return choice(basis, Optional.empty(), best.template(), best.config(), candidates);
  }

  /// The choice that an entry of the cache states; empty if there is no such candidate.
  Optional<KernelChoice> byTimes(TimingCache.Entry entry) {
    boolean isThere =
        contest.kept().stream()
            .anyMatch(candidate ->
                candidate.template().equals(entry.template())
                    && candidate.config().equals(entry.config()));
    return isThere
        ? Optional.of(
            choice(
                Basis.MEASURED,
                Optional.of(entry.key().gpu()),
                entry.template(),
                entry.config(),
                contest.kept().stream().map(candidate -> candidate(candidate, entry)).toList()))
        : Optional.empty();
  }

  private static Candidate candidate(KernelCandidate candidate, TimingCache.Entry entry) {
    Optional<TimingCache.Result> result = entry.result(candidate.template(), candidate.config());
    return candidate(
        candidate,
        result.flatMap(TimingCache.Result::measured),
        result.flatMap(TimingCache.Result::failure));
  }

  private static Candidate candidate(
      KernelCandidate candidate, Optional<KernelChoice.Nanos> measured, Optional<String> failure) {
    long nanos = Math.round(candidate.estimatedMicros() * 1000);
    return new Candidate(candidate.template(), candidate.config(), nanos, measured, failure);
  }

  private KernelChoice choice(
      Basis basis,
      Optional<KernelChoice.Gpu> gpu,
      String template,
      String config,
      List<Candidate> candidates) {
    return new KernelChoice(
        step.context().step(),
        step.context().profile().name(),
        text,
        basis,
        gpu,
        template,
        config,
        candidates,
        contest.others(),
        contest.refusals());
  }
}
