package dev.lathe.passes.tune;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.engine.v1.KernelChoice;
import dev.lathe.engine.v1.KernelChoice.Basis;
import dev.lathe.engine.v1.KernelChoice.Gpu;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.ir.Graph;
import dev.lathe.passes.ToyModel;
import dev.lathe.passes.plan.PlanRequest;
import dev.lathe.passes.plan.Planner;
import dev.lathe.passes.select.PlannedStep;
import dev.lathe.passes.tune.ListedCandidates.Listed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TunerTest {
  private static final Gpu GPU = new Gpu("Some GPU", 132, 13000);
  private static final ListedCandidates CATALOG =
      new ListedCandidates(
          new Listed("a", "n=1", 10), new Listed("a", "n=2", 11), new Listed("b", "", 30));
  private static final Map<String, Long> TIMES =
      Map.of("an=1", 20_000L, "an=2", 15_000L, "b", 40_000L);

  private final List<PlannedStep> steps = PlannedToy.steps(ToyModel.llama(3));

  /// Problems with several candidates.
  private final int linears =
      (int)
          steps.stream()
              .filter(step -> step.op() instanceof StepOp.Linear)
              .map(step -> ProblemText.of(step.op(), step.context()))
              .distinct()
              .count();

  @Test
  void withoutTimesTheLeastEstimateIsChosenAndAllIsRecorded() {
    Tuning tuning = new Tuner(CATALOG, Tuner.Sources.none(), TuningListener.NONE).tune(steps);

    KernelChoice linear = linear(tuning);
    assertThat(linear.basis()).isEqualTo(Basis.ESTIMATED);
    assertThat(linear.config()).isEqualTo("n=1");
    assertThat(linear.candidates())
        .extracting(KernelChoice.Candidate::estimatedNanos)
        .containsExactly(10_000L, 11_000L, 30_000L);
    assertThat(linear.refusals()).containsExactly("never: refuses all");
    assertThat(tuning.counts().timed()).isZero();
    assertThat(tuning.counts().estimated()).isEqualTo(linears);
    assertThat(tuning.counts().all()).isEqualTo(tuning.choices().size());
  }

  @Test
  void theLeastTimeIsChosenAndEveryProblemIsMeasuredOnce() {
    TableTimer timer = new TableTimer(TIMES);

    Tuning tuning = tune(CATALOG, new TimingCache(), timer, 60);

    KernelChoice linear = linear(tuning);
    assertThat(linear.basis()).isEqualTo(Basis.MEASURED);
    assertThat(linear.gpu()).contains(GPU);
    assertThat(linear.config()).isEqualTo("n=2");
    assertThat(timer.asked).hasSize(linears).doesNotHaveDuplicates();
    assertThat(tuning.counts().timed()).isEqualTo(linears);
    assertThat(tuning.entries()).hasSize(linears);
  }

  @Test
  void whatTakesMostOfAPassIsMeasuredFirst() {
    TableTimer timer = new TableTimer(TIMES);

    tune(CATALOG, new TimingCache(), timer, 60);

    // Three layers have these in every profile, but the head comes once.
    assertThat(timer.asked.subList(0, 9)).allMatch(label -> label.contains("layers.0."));
    assertThat(timer.asked.subList(9, linears)).anyMatch(label -> label.contains("lm_head"));
  }

  @Test
  void aCachedTuningEqualsTheTimedOne() {
    Tuning timed = tune(CATALOG, new TimingCache(), new TableTimer(TIMES), 60);
    String file =
        timed.entries().stream().map(entry -> entry.line() + "\n").collect(Collectors.joining());

    Tuning cached =
        new Tuner(
                CATALOG,
                new Tuner.Sources(
                    TimingCache.parse(file, "f"),
                    Optional.of(GPU),
                    Optional.empty(),
                    Duration.ZERO,
                    () -> 0),
                TuningListener.NONE)
            .tune(steps);

    assertThat(cached.lines()).isEqualTo(timed.lines());
    assertThat(cached.entries()).isEqualTo(timed.entries());
    assertThat(cached.counts().cached()).isEqualTo(linears);
    assertThat(cached.counts().timed()).isZero();
  }

  @Test
  void timesOfTemplatesThatHaveChangedDoNotCount() {
    TimingCache cache = new TimingCache();
    tune(CATALOG, new TimingCache(), new TableTimer(TIMES), 60).entries().forEach(cache::add);
    TableTimer timer = new TableTimer(TIMES);

    Tuning again = tune(CATALOG.emitting("better text"), cache, timer, 60);

    assertThat(timer.asked).hasSize(linears);
    assertThat(again.counts().cached()).isZero();
  }

  @Test
  void timesOfAnotherGpuDoNotCount() {
    TimingCache cache = new TimingCache();
    tune(CATALOG, new TimingCache(), new TableTimer(TIMES), 60).entries().forEach(cache::add);

    Tuning other =
        new Tuner(
                CATALOG,
                new Tuner.Sources(
                    cache,
                    Optional.of(new Gpu("Some GPU", 132, 13010)),
                    Optional.empty(),
                    Duration.ZERO,
                    () -> 0),
                TuningListener.NONE)
            .tune(steps);

    assertThat(other.counts().estimated()).isEqualTo(linears);
  }

  @Test
  void whenTheTimeIsSpentTheRestIsEstimated() {
    TableTimer timer = new TableTimer(TIMES);

    Tuning tuning = tune(CATALOG, new TimingCache(), timer, 4);

    assertThat(timer.asked).hasSize(4);
    assertThat(tuning.counts())
        .isEqualTo(new Tuning.Counts(tuning.counts().alone(), 4, 0, linears - 4));
    assertThat(tuning.choices().stream().filter(c -> c.basis() == Basis.MEASURED)).hasSize(4);
  }

  @Test
  void aCandidateThatFailsIsOutAndIsReportedWithItsReason() {
    List<String> failures = new ArrayList<>();
    TableTimer timer = new TableTimer(Map.of("an=1", 20_000L, "b", 10_000L));

    Tuning tuning =
        new Tuner(CATALOG, sources(new TimingCache(), timer, 60), recording(failures)).tune(steps);

    KernelChoice linear = linear(tuning);
    assertThat(linear.template()).isEqualTo("b");
    assertThat(linear.candidates().get(1).failure()).contains("it spills");
    assertThat(new HashSet<>(failures)).containsExactly("a(n=2): it spills");
  }

  @Test
  void whereAllFailTheEstimateDecides() {
    Tuning tuning = tune(CATALOG, new TimingCache(), new TableTimer(Map.of()), 60);

    assertThat(linear(tuning).config()).isEqualTo("n=1");
    assertThat(tuning.counts().estimated()).isEqualTo(linears);
    assertThat(tuning.entries()).isEmpty();
  }

  @Test
  void noiseDoesNotDecide() {
    Tuning tuning =
        tune(
            CATALOG,
            new TimingCache(),
            new TableTimer(Map.of("an=1", 10_040L, "an=2", 10_000L, "b", 10_060L)),
            60);

    assertThat(linear(tuning).config()).isEqualTo("n=1");
  }

  @Test
  void thePlannerGetsTheKernelsThatWereChosen() {
    Manifest.Limits limits = new Manifest.Limits(12, 128, 100, 64, false);
    Graph graph = PlannedToy.fused(ToyModel.llama(3), limits);
    Tuning tuning = tune(CATALOG, new TimingCache(), new TableTimer(TIMES), 60);
    TunedCatalog tuned = new TunedCatalog(CATALOG, tuning.choices());

    List<Plan> plans =
        Planner.plan(graph, new PlanRequest(limits, 32, "sm_90a", Optional.of(tuned))).plans();

    assertThat(plans)
        .allSatisfy(plan ->
            assertThat(plan.steps())
                .filteredOn(step -> step.name().endsWith("attention.qkv"))
                .hasSize(3)
                .allMatch(step -> step.launches().getFirst().kernel().equals("an2")));
  }

  private Tuning tune(ListedCandidates catalog, TimingCache cache, TableTimer timer, int seconds) {
    return new Tuner(catalog, sources(cache, timer, seconds), TuningListener.NONE).tune(steps);
  }

  private static Tuner.Sources sources(TimingCache cache, TableTimer timer, int seconds) {
    return new Tuner.Sources(
        cache, Optional.of(GPU), Optional.of(timer), Duration.ofSeconds(seconds), timer::now);
  }

  private static TuningListener recording(List<String> failures) {
    return new TuningListener() {
      @Override
      public void measuring(int done, int all, TuningTask task) {}

      @Override
      public void failed(TuningTask task, Contender contender, String reason) {
        failures.add(contender.label() + ": " + reason);
      }

      @Override
      public void measured(TimingCache.Entry entry) {}
    };
  }

  private static KernelChoice linear(Tuning tuning) {
    return tuning.choices().stream()
        .filter(choice -> choice.problem().startsWith("{\"type\":\"linear\""))
        .findFirst()
        .orElseThrow();
  }
}
