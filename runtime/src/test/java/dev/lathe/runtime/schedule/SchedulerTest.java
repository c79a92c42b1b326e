package dev.lathe.runtime.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.v1.Profile;
import org.junit.jupiter.api.Test;

class SchedulerTest {
  private static final SchedulerLimits LIMITS = new SchedulerLimits(4, 16, 64, 96, 8, 24);

  private final Scheduler<Sequence> scheduler = new Scheduler<>(LIMITS, Policy.maxUtilization());
  private final Tick<Sequence> tick = new Tick<>();

  private Sequence submit(int prompt, int output) {
    return submit(scheduler, prompt, output);
  }

  private static Sequence submit(Scheduler<Sequence> to, int prompt, int output) {
    Sequence sequence = new Sequence(new int[prompt], output);
    to.submit(sequence);
    return sequence;
  }

  private void step(Scheduler<Sequence> which) {
    which.next(tick);
    boolean[] samples = new boolean[tick.size()];
    for (int i = 0; i < tick.size(); i++) {
      samples[i] = tick.samples(i);
    }
    which.complete(tick);
    for (int i = 0; i < tick.size(); i++) {
      if (samples[i]) {
        which.promise(tick.sequence(i));
        which.append(tick.sequence(i), 7);
        if (tick.sequence(i).length() == tick.sequence(i).maxLength()) {
          which.end(tick.sequence(i));
        }
      }
    }
  }

  @Test
  void leavesPromptsWholeWhereTheyMustBe() {
    Scheduler<Sequence> whole =
        new Scheduler<>(new SchedulerLimits(4, 16, 64, 96, 8, 24, true), Policy.maxUtilization());
    submit(whole, 10, 0);
    submit(whole, 10, 0);
    submit(whole, 6, 0);

    whole.next(tick);
    assertThat(tick.size()).isOne();
    assertThat(tick.count(0)).isEqualTo(10);
    whole.complete(tick);
    whole.next(tick);
    assertThat(tick.size()).isEqualTo(2);
    assertThatThrownBy(() -> submit(whole, 17, 0))
        .isInstanceOf(RequestTooLargeException.class)
        .hasMessageContaining("17 tokens")
        .hasMessageContaining("16 at most");
  }

  @Test
  void cutsALongPromptIntoChunksAndPacksTheNextOneBehindIt() {
    Sequence first = submit(20, 3);
    Sequence second = submit(5, 3);

    step(scheduler);
    assertThat(tick.size()).isOne();
    assertThat(tick.count(0)).isEqualTo(16);
    assertThat(first.outputLength()).isZero();

    step(scheduler);
    assertThat(tick.count(0)).isEqualTo(4);
    assertThat(tick.count(1)).isEqualTo(5);
    assertThat(first.outputLength()).isOne();
    assertThat(second.outputLength()).isOne();
  }

  @Test
  void packsGeneratingSequencesWithAPromptAndCallsThatMixed() {
    submit(3, 9);
    step(scheduler);
    submit(30, 9);
    scheduler.next(tick);

    assertThat(tick.count(0)).isOne();
    assertThat(tick.count(1)).isEqualTo(15);
    assertThat(tick.kind()).isEqualTo(Profile.Kind.MIXED);
  }

  @Test
  void callsATickDecodeIfEverySequenceHasOneTokenAndSamples() {
    submit(3, 9);
    submit(1, 9);
    step(scheduler);
    scheduler.next(tick);

    assertThat(tick.kind()).isEqualTo(Profile.Kind.DECODE);
  }

  @Test
  void aChunkOfOneTokenInsideAPromptIsNotDecode() {
    submit(15, 9);
    submit(9, 9);
    scheduler.next(tick);
    assertThat(tick.count(1)).isOne();
    assertThat(tick.samples(1)).isFalse();
    assertThat(tick.kind()).isEqualTo(Profile.Kind.MIXED);
  }

  @Test
  void interruptsTheYoungestWhenBlocksRunOutAndKeepsItsTokens() {
    SchedulerLimits small = new SchedulerLimits(4, 64, 64, 96, 8, 6);
    Scheduler<Sequence> scarce = new Scheduler<>(small, Policy.maxUtilization());
    Sequence first = submit(scarce, 23, 20);
    Sequence second = submit(scarce, 22, 20);
    step(scarce);
    step(scarce);
    step(scarce);

    assertThat(scarce.preemptions()).isOne();
    assertThat(second.state()).isEqualTo(SequenceState.WAITING);
    assertThat(second.blocks().count()).isZero();
    assertThat(second.computed()).isZero();
    assertThat(second.outputLength()).isPositive();
    int kept = second.outputLength();

    while (first.state() == SequenceState.RUNNING) {
      step(scarce);
    }
    step(scarce);
    assertThat(second.outputLength()).isEqualTo(kept + 1);
  }

  @Test
  void neverInterruptsAnyoneIfThePolicyGuaranteesIt() {
    SchedulerLimits small = new SchedulerLimits(4, 64, 64, 96, 8, 6);
    Scheduler<Sequence> careful = new Scheduler<>(small, Policy.guaranteedNoEvict());
    submit(careful, 23, 10);
    Sequence second = submit(careful, 22, 20);
    step(careful);
    assertThat(second.state()).isEqualTo(SequenceState.WAITING);

    while (!careful.isIdle()) {
      step(careful);
    }
    assertThat(careful.preemptions()).isZero();
    assertThat(second.outputLength()).isEqualTo(20);
    assertThat(careful.freeBlocks()).isEqualTo(6);
  }

  @Test
  void refusesWhatCanNeverRun() {
    assertThatThrownBy(() -> submit(65, 1))
        .isInstanceOfSatisfying(
            RequestTooLargeException.class,
            e -> {
              assertThat(e.code()).isEqualTo("prompt-too-long");
              assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE);
            });
    assertThatThrownBy(() -> submit(60, 37))
        .isInstanceOfSatisfying(
            RequestTooLargeException.class,
            e -> assertThat(e.code()).isEqualTo("sequence-too-long"));
    Scheduler<Sequence> tiny =
        new Scheduler<>(new SchedulerLimits(4, 16, 64, 96, 8, 2), Policy.maxUtilization());
    assertThatThrownBy(() -> submit(tiny, 10, 8))
        .isInstanceOfSatisfying(
            RequestTooLargeException.class,
            e -> assertThat(e.code()).isEqualTo("kv-pool-too-small"));
    assertThat(submit(tiny, 10, 7).state()).isEqualTo(SequenceState.WAITING);
  }

  @Test
  void endsASequenceOnce() {
    Sequence sequence = submit(3, 3);
    scheduler.end(sequence);

    assertThat(scheduler.isIdle()).isTrue();
    assertThatThrownBy(() -> scheduler.end(sequence)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> scheduler.submit(sequence)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void ignoresASequenceThatWasCancelledWhileItsStepRan() {
    Sequence sequence = submit(3, 3);
    scheduler.next(tick);
    scheduler.end(sequence);
    scheduler.complete(tick);

    assertThat(sequence.computed()).isZero();
    assertThat(scheduler.freeBlocks()).isEqualTo(24);
  }
}
