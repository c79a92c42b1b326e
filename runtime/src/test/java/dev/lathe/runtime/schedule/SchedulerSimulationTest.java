package dev.lathe.runtime.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random arrivals, cancellations and ends, checked after every event.
class SchedulerSimulationTest {
  private static final int EVENTS = 250_000;

  /// A sequence that knows when it came, and counts its ends.
  private static final class Numbered extends Sequence {
    private final long number;
    private long lastServed;
    private int ends;

    Numbered(long number, int prompt, int output, long now) {
      super(new int[prompt], output);
      this.number = number;
      this.lastServed = now;
    }
  }

  static Stream<Object[]> worlds() {
    SchedulerLimits roomy = new SchedulerLimits(8, 48, 60, 80, 4, 200);
    SchedulerLimits scarce = new SchedulerLimits(8, 24, 60, 80, 4, 22);
    return Stream.of(
        new Object[] {1L, roomy, Policy.maxUtilization()},
        new Object[] {2L, scarce, Policy.maxUtilization()},
        new Object[] {3L, scarce, Policy.guaranteedNoEvict()},
        new Object[] {4L, new SchedulerLimits(3, 2, 30, 40, 1, 40), Policy.maxUtilization()});
  }

  @ParameterizedTest
  @MethodSource("worlds")
  void keepsItsInvariantsThroughRandomEvents(long seed, SchedulerLimits limits, Policy policy) {
    new World(seed, limits, policy).run();
  }

  private static final class World {
    private final Random random;
    private final SchedulerLimits limits;
    private final Scheduler<Numbered> scheduler;
    private final Tick<Numbered> tick = new Tick<>();
    private final List<Numbered> alive = new ArrayList<>();
    private long arrivals;
    private long now;
    private long finished;

    World(long seed, SchedulerLimits limits, Policy policy) {
      this.random = new Random(seed);
      this.limits = limits;
      this.scheduler = new Scheduler<>(limits, policy);
    }

    void run() {
      for (now = 0; now < EVENTS; now++) {
        int event = random.nextInt(20);
        if (event < 3 && alive.size() < 40) {
          arrive();
        } else if (event == 3 && !alive.isEmpty() && random.nextInt(4) == 0) {
          end(alive.get(random.nextInt(alive.size())));
        } else {
          step();
        }
        check();
      }
      while (!scheduler.isIdle()) {
        now++;
        step();
      }
      assertThat(alive).isEmpty();
      assertThat(scheduler.freeBlocks()).isEqualTo(limits.blocks());
      assertThat(finished).isEqualTo(arrivals).isGreaterThan(EVENTS / 100);
    }

    private void arrive() {
      int prompt = 1 + random.nextInt(limits.maxInputLength());
      int output = 1 + random.nextInt(limits.maxSequenceLength() - prompt);
      Numbered sequence = new Numbered(arrivals++, prompt, output, now);
      scheduler.submit(sequence);
      alive.add(sequence);
    }

    private void end(Numbered sequence) {
      scheduler.end(sequence);
      sequence.ends++;
      finished++;
      alive.remove(sequence);
    }

    private void step() {
      scheduler.next(tick);
      checkTick();
      if (tick.size() > 0 && random.nextInt(50) == 0) {
        end(tick.sequence(random.nextInt(tick.size())));
      }
      boolean[] samples = new boolean[tick.size()];
      for (int i = 0; i < samples.length; i++) {
        samples[i] = tick.samples(i);
      }
      scheduler.complete(tick);
      for (int i = 0; i < samples.length; i++) {
        Numbered sequence = tick.sequence(i);
        if (samples[i] && sequence.state() == SequenceState.RUNNING) {
          scheduler.promise(sequence);
          scheduler.append(sequence, 1);
          if (sequence.length() == sequence.maxLength() || random.nextInt(30) == 0) {
            end(sequence);
          }
        }
      }
    }

    private void checkTick() {
      require(tick.tokens() <= limits.maxTokens(), "too many tokens");
      require(tick.size() <= limits.maxSequences(), "too many sequences");
      require(tick.size() > 0 || alive.isEmpty(), "nobody is served");
      int tokens = 0;
      for (int i = 0; i < tick.size(); i++) {
        Numbered sequence = tick.sequence(i);
        tokens += tick.count(i);
        sequence.lastServed = now;
        require(sequence.state() == SequenceState.RUNNING, "serves one that does not run");
        require(tick.count(i) >= 1 && tick.count(i) <= sequence.pending(), "wrong count");
        require(sequence.blocks().missing(sequence.computed() + tick.count(i)) == 0, "no place");
      }
      require(tokens == tick.tokens(), "wrong sum");
      if (!alive.isEmpty()) {
        Numbered oldest = alive.getFirst();
        require(oldest.lastServed == now, "the oldest was not served");
      }
    }

    private void check() {
      BitSet owned = new BitSet();
      long last = -1;
      for (Numbered sequence : scheduler.running()) {
        require(sequence.number > last, "running out of order");
        last = sequence.number;
        for (int i = 0; i < sequence.blocks().count(); i++) {
          require(!owned.get(sequence.blocks().block(i)), "a block has two owners");
          owned.set(sequence.blocks().block(i));
        }
      }
      for (Numbered sequence : scheduler.waiting()) {
        require(sequence.number > last, "overtaken");
        last = sequence.number;
        require(sequence.blocks().count() == 0, "a waiting sequence has blocks");
      }
      require(owned.cardinality() + scheduler.freeBlocks() == limits.blocks(), "a block leaks");
      require(scheduler.runningCount() + scheduler.waitingCount() == alive.size(), "one is lost");
      for (Numbered sequence : alive) {
        require(sequence.ends == 0, "ended and alive");
      }
    }

    private void require(boolean condition, String problem) {
      if (!condition) {
        throw new AssertionError(problem + " at event " + now);
      }
    }
  }
}
