package dev.lathe.runtime.schedule;

import dev.lathe.runtime.kv.BlockPool;
import dev.lathe.runtime.kv.PrefixCache;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// Packs prompt chunks and single tokens into ticks, first come, first served.
///
/// A tick is made by [#next(Tick)]; when its step has begun, [#complete(Tick)] is called once, then
/// [#promise(Sequence)] for each sequence that samples a token. The next tick may be made before
/// that token is known. When it is, [#append(Sequence, int)] gives it to the sequence, and
/// [#end(Sequence)] takes out those that are done: a step that is under way then computes one token
/// too many, which nobody reads. [#submit(Sequence)] and [#end(Sequence)] may come at any time
/// between ticks.
///
/// With reuse of blocks, a sequence starts in the blocks that hold the tokens it begins with, if a
/// step that has begun wrote them; steps run in order, so a later one may read them. Not
/// thread-safe.
public final class Scheduler<S extends Sequence> {
  private final SchedulerLimits limits;
  private final Policy policy;
  private final BlockPool pool;
  private final Optional<PrefixCache> prefixes;
  private final Deque<S> waiting = new ArrayDeque<>();
  private final List<S> running = new ArrayList<>();
  private long preemptions;
  private long reusedTokens;

  /// A scheduler whose sequences share no blocks.
  public Scheduler(SchedulerLimits limits, Policy policy) {
    this(limits, policy, false);
  }

  /// @param blockReuse whether sequences that begin alike share blocks; those of an encoder never
  ///     do, for there each token depends on all others
  public Scheduler(SchedulerLimits limits, Policy policy, boolean blockReuse) {
    this.limits = limits;
    this.policy = policy;
    this.pool = new BlockPool(limits.blocks());
    this.prefixes =
        blockReuse && !limits.wholePrompts()
            ? Optional.of(new PrefixCache(pool, limits.tokensPerBlock()))
            : Optional.empty();
  }

  /// Queues a new sequence.
  ///
  /// @throws RequestTooLargeException if it can never run; it is unchanged then
  public void submit(S sequence) {
    if (sequence.state() != SequenceState.NEW) {
      throw new IllegalStateException("submitted twice");
    }
    limits.check(sequence.promptLength(), sequence.maxLength() - sequence.promptLength());
    sequence.place(limits.tokensPerBlock());
    sequence.enter(SequenceState.WAITING);
    waiting.addLast(sequence);
  }

  /// Fills the tick with the next step. It is empty if there are no sequences, or if all that run
  /// only wait for their last token.
  public void next(Tick<S> tick) {
    tick.clear();
    boolean tight = continueRunning(tick);
    if (!tight) {
      admit(tick);
    }
    if (tick.size() == 0 && running.isEmpty() && !waiting.isEmpty()) {
      throw new IllegalStateException("nothing can run, and " + waiting.size() + " are waiting");
    }
  }

  /// Gives each running sequence its next tokens, the oldest first. Returns true if blocks ran out.
  private boolean continueRunning(Tick<S> tick) {
    boolean tight = false;
    for (int i = 0; i < running.size(); i++) {
      S sequence = running.get(i);
      if (sequence.isAwaited()) {
        continue;
      }
      int count = Math.min(sequence.pending(), limits.maxTokens() - tick.tokens());
      if (count == 0) {
        continue;
      }
      while (!sequence.blocks().reserve(sequence.computed() + count, pool)) {
        tight = true;
        preemptYoungest();
        if (running.size() == i) {
          return true;
        }
      }
      tick.add(sequence, count);
    }
    return tight;
  }

  /// Takes the youngest running sequence's blocks; it will be the first to start again.
  private void preemptYoungest() {
    S sequence = running.removeLast();
    rewind(sequence);
    sequence.enter(SequenceState.WAITING);
    waiting.addFirst(sequence);
    preemptions++;
  }

  /// Leaves a sequence no blocks.
  private void rewind(S sequence) {
    sequence.blocks().release(pool);
    sequence.rewind();
  }

  /// Starts waiting sequences in order while there is room in the tick and in the pool.
  private void admit(Tick<S> tick) {
    int maxRunning = Math.min(limits.maxSequences(), limits.maxTokens());
    while (!waiting.isEmpty()
        && running.size() < maxRunning
        && tick.tokens() < limits.maxTokens()) {
      S sequence = waiting.getFirst();
      if (prefixes.isPresent()) {
        sequence.share(prefixes.get());
      }
      int count = Math.min(sequence.pending(), limits.maxTokens() - tick.tokens());
      if (!canStart(sequence, count)) {
        rewind(sequence);
        return;
      }
      reusedTokens += sequence.computed();
      waiting.removeFirst();
      sequence.enter(SequenceState.RUNNING);
      running.add(sequence);
      tick.add(sequence, count);
    }
  }

  /// Reserves blocks for the next tokens of a waiting sequence, unless it must wait longer.
  private boolean canStart(S sequence, int count) {
    boolean fits = count == sequence.pending() || !limits.wholePrompts();
    return fits
        && (running.isEmpty() || policy.admits(situation(sequence)))
        && sequence.blocks().reserve(sequence.computed() + count, pool);
  }

  /// What a candidate needs besides the blocks that it shares, which it holds already.
  private Policy.Situation situation(S candidate) {
    long promised = 0;
    for (S sequence : running) {
      promised += sequence.blocks().maxCount() - sequence.blocks().count();
    }
    int now = candidate.blocks().missing(candidate.length());
    int later = Math.max(0, candidate.blocks().maxCount() - candidate.blocks().count() - now);
    return new Policy.Situation(now, later, pool.freeCount(), promised, pool.size());
  }

  /// Notes that the step of a tick is under way.
  public void complete(Tick<S> tick) {
    for (int i = 0; i < tick.size(); i++) {
      S sequence = tick.sequence(i);
      if (sequence.state() == SequenceState.RUNNING) {
        sequence.advance(tick.count(i));
        teach(sequence);
      }
    }
  }

  /// Makes a place for the token that is being sampled for a running sequence with nothing pending.
  public void promise(S sequence) {
    if (sequence.state() != SequenceState.RUNNING || sequence.pending() != 0) {
      throw new IllegalStateException(
          "a token for a sequence that is " + sequence.state() + " with " + sequence.pending());
    }
    sequence.promise();
  }

  /// Gives a sequence the first token that it was promised; it may have been interrupted since.
  public void append(S sequence, int token) {
    sequence.append(token);
    teach(sequence);
  }

  private void teach(S sequence) {
    if (prefixes.isPresent()) {
      sequence.teach(prefixes.get());
    }
  }

  /// Takes a sequence out, finished or cancelled, and frees its blocks.
  public void end(S sequence) {
    boolean known =
        switch (sequence.state()) {
          case NEW, ENDED -> false;
          case WAITING -> waiting.remove(sequence);
          case RUNNING -> running.remove(sequence);
        };
    if (!known) {
      throw new IllegalStateException("ended while it is " + sequence.state());
    }
    sequence.blocks().release(pool);
    sequence.enter(SequenceState.ENDED);
  }

  public int waitingCount() {
    return waiting.size();
  }

  public int runningCount() {
    return running.size();
  }

  /// True if there is nothing to do.
  public boolean isIdle() {
    return waiting.isEmpty() && running.isEmpty();
  }

  /// Blocks that no sequence holds; what is in them may still be reused.
  public int freeBlocks() {
    return pool.freeCount();
  }

  /// How often a sequence was interrupted for want of blocks.
  public long preemptions() {
    return preemptions;
  }

  /// Tokens that sequences did not compute, because they started in blocks that held them.
  public long reusedTokens() {
    return reusedTokens;
  }

  /// The running sequences, the oldest first; for tests and metrics.
  List<S> running() {
    return List.copyOf(running);
  }

  /// The waiting sequences in order.
  List<S> waiting() {
    return List.copyOf(waiting);
  }
}
