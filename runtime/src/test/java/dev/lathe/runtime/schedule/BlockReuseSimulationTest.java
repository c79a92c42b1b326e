package dev.lathe.runtime.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random conversations that share blocks, on a cache that remembers what was written to it. Tokens
/// become known one step late, as on a GPU.
class BlockReuseSimulationTest {
  private static final int EVENTS = 60_000;

  static Stream<Object[]> worlds() {
    SchedulerLimits roomy = new SchedulerLimits(8, 48, 60, 80, 4, 200);
    SchedulerLimits scarce = new SchedulerLimits(8, 24, 60, 80, 4, 26);
    return Stream.of(
        new Object[] {1L, roomy, Policy.maxUtilization()},
        new Object[] {2L, scarce, Policy.maxUtilization()},
        new Object[] {3L, scarce, Policy.guaranteedNoEvict()},
        new Object[] {4L, new SchedulerLimits(3, 2, 30, 40, 1, 45), Policy.maxUtilization()});
  }

  @ParameterizedTest
  @MethodSource("worlds")
  void sequencesFindTheirOwnTokensInTheBlocksTheyShare(
      long seed, SchedulerLimits limits, Policy policy) {
    World world = new World(seed, limits, policy);
    world.run();

    assertThat(world.scheduler.reusedTokens()).isGreaterThan(world.computedTokens / 50);
    if (seed == 2) {
      assertThat(world.scheduler.preemptions()).isGreaterThan(100);
    }
    if (seed == 3) {
      assertThat(world.scheduler.preemptions()).isZero();
    }
  }

  /// A sequence whose output is decided beforehand. The content of a place in the cache is a digest
  /// of all tokens up to it.
  private static final class Scripted extends Sequence {
    private final int[] script;
    private final long[] contents;
    private final boolean shares;
    private boolean runs;

    Scripted(int[] script, int promptLength, boolean shares) {
      super(Arrays.copyOf(script, promptLength), script.length - promptLength);
      this.script = script;
      this.shares = shares;
      contents = new long[script.length];
      long content = 0;
      for (int i = 0; i < script.length; i++) {
        content = (content + script[i] + 1) * 0x5851F42D4C957F2DL;
        contents[i] = content ^= content >>> 29;
      }
    }

    @Override
    protected boolean sharesBlocks() {
      return shares;
    }
  }

  private static final class World {
    private final Random random;
    private final SchedulerLimits limits;
    private final Scheduler<Scripted> scheduler;
    private final Tick<Scripted> tick = new Tick<>();
    private final List<Scripted> alive = new ArrayList<>();
    private final List<int[]> conversations = new ArrayList<>(List.of(new int[0]));
    private final long[] cache;
    private List<Scripted> promised = new ArrayList<>();
    private long reusedTokens;
    private long computedTokens;

    World(long seed, SchedulerLimits limits, Policy policy) {
      this.random = new Random(seed);
      this.limits = limits;
      this.scheduler = new Scheduler<>(limits, policy, true);
      this.cache = new long[limits.blocks() * limits.tokensPerBlock()];
    }

    void run() {
      for (int event = 0; event < EVENTS || !scheduler.isIdle(); event++) {
        int kind = random.nextInt(20);
        if (kind < 3 && alive.size() < 30 && event < EVENTS) {
          arrive();
        } else if (kind == 3 && !alive.isEmpty() && random.nextInt(4) == 0) {
          end(alive.get(random.nextInt(alive.size())));
        } else {
          step();
        }
        check();
      }
      assertThat(alive).isEmpty();
      assertThat(scheduler.freeBlocks()).isEqualTo(limits.blocks());
    }

    /// A prompt that continues what was said before, or says something else from some place on.
    private void arrive() {
      int[] before = conversations.get(random.nextInt(conversations.size()));
      int length = 1 + random.nextInt(limits.maxSequenceLength() - 1);
      int promptLength = 1 + random.nextInt(Math.min(length, limits.maxInputLength()));
      int alike = random.nextInt(Math.min(before.length, length) + 1);
      int[] script = Arrays.copyOf(before, length);
      for (int i = alike; i < length; i++) {
        script[i] = random.nextInt(3);
      }
      Scripted sequence = new Scripted(script, promptLength, random.nextInt(10) > 0);
      scheduler.submit(sequence);
      alive.add(sequence);
    }

    private void end(Scripted sequence) {
      scheduler.end(sequence);
      alive.remove(sequence);
      int[] said = Arrays.copyOf(sequence.script, sequence.length());
      if (conversations.size() < 12) {
        conversations.add(said);
      } else {
        conversations.set(1 + random.nextInt(11), said);
      }
    }

    private void step() {
      scheduler.next(tick);
      read();
      write();
      boolean[] samples = new boolean[tick.size()];
      for (int i = 0; i < samples.length; i++) {
        samples[i] = tick.samples(i);
      }
      scheduler.complete(tick);
      List<Scripted> before = promised;
      promised = new ArrayList<>();
      for (int i = 0; i < samples.length; i++) {
        Scripted sequence = tick.sequence(i);
        if (samples[i] && sequence.expectedLength() < sequence.maxLength()) {
          scheduler.promise(sequence);
          promised.add(sequence);
        } else if (samples[i] && sequence.length() == sequence.maxLength()) {
          end(sequence);
        }
      }
      before.forEach(this::land);
    }

    private void land(Scripted sequence) {
      if (sequence.state() == SequenceState.ENDED) {
        return;
      }
      scheduler.append(sequence, sequence.script[sequence.length()]);
      if (sequence.length() == sequence.maxLength() || random.nextInt(30) == 0) {
        end(sequence);
      }
    }

    /// Looks at what earlier steps wrote for the sequences of this one.
    private void read() {
      for (int i = 0; i < tick.size(); i++) {
        Scripted sequence = tick.sequence(i);
        int count = tick.count(i);
        require(count >= 1 && count <= sequence.pending(), "a wrong count of tokens");
        if (!sequence.runs) {
          sequence.runs = true;
          reusedTokens += sequence.computed();
          require(sequence.shares || sequence.computed() == 0, "shares against its will");
        }
        for (int position = 0; position < sequence.computed(); position++) {
          long found = cache[sequence.blocks().slot(position)];
          require(found == sequence.contents[position], "other tokens in a block");
        }
      }
    }

    private void write() {
      BitSet written = new BitSet();
      for (int i = 0; i < tick.size(); i++) {
        Scripted sequence = tick.sequence(i);
        int end = sequence.computed() + tick.count(i);
        computedTokens += tick.count(i);
        for (int position = sequence.computed(); position < end; position++) {
          int slot = sequence.blocks().slot(position);
          require(!written.get(slot), "two write to a place");
          require(holders(slot / limits.tokensPerBlock()) == 1, "writes to a block of others");
          written.set(slot);
          cache[slot] = sequence.contents[position];
        }
      }
    }

    private int holders(int block) {
      int holders = 0;
      for (Scripted sequence : scheduler.running()) {
        for (int i = 0; i < sequence.blocks().count(); i++) {
          holders += sequence.blocks().block(i) == block ? 1 : 0;
        }
      }
      return holders;
    }

    private void check() {
      BitSet held = new BitSet();
      for (Scripted sequence : scheduler.running()) {
        for (int i = 0; i < sequence.blocks().count(); i++) {
          held.set(sequence.blocks().block(i));
        }
      }
      for (Scripted sequence : scheduler.waiting()) {
        sequence.runs = false;
        require(sequence.blocks().count() == 0, "a waiting sequence has blocks");
        require(sequence.computed() == 0, "a waiting sequence has computed tokens");
      }
      require(held.length() <= limits.blocks(), "a block that the pool has not");
      require(held.cardinality() + scheduler.freeBlocks() == limits.blocks(), "a block leaks");
      require(reusedTokens == scheduler.reusedTokens(), "reused tokens are miscounted");
    }

    private static void require(boolean condition, String problem) {
      if (!condition) {
        throw new AssertionError(problem);
      }
    }
  }
}
