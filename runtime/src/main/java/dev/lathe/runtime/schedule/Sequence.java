package dev.lathe.runtime.schedule;

import dev.lathe.runtime.kv.BlockTable;
import dev.lathe.runtime.kv.PrefixCache;
import dev.lathe.runtime.sample.TokenView;

/// The tokens of one sequence, prompt and output, and how many of them are in the KV cache. A token
/// that a step is sampling right now is promised: it has a place, and is known later.
/// Subclasses add what their owner wants to know of it. Not thread-safe.
public class Sequence implements TokenView {
  private final int[] tokens;
  private final int promptLength;
  private int length;
  private int promised;
  private int computed;
  private SequenceState state = SequenceState.NEW;
  private BlockTable blocks = new BlockTable(1, 0);

  /// @param prompt token ids, at least one
  /// @param maxOutputTokens at least 0; with 0 it ends when its prompt is computed
  public Sequence(int[] prompt, int maxOutputTokens) {
    if (prompt.length == 0 || maxOutputTokens < 0) {
      throw new IllegalArgumentException(prompt.length + " + " + maxOutputTokens + " tokens");
    }
    promptLength = prompt.length;
    length = prompt.length;
    tokens = new int[Math.addExact(prompt.length, maxOutputTokens)];
    System.arraycopy(prompt, 0, tokens, 0, prompt.length);
  }

  /// Tokens that are known: the prompt's and those generated so far.
  @Override
  public final int length() {
    return length;
  }

  /// Most tokens that it can have.
  public final int maxLength() {
    return tokens.length;
  }

  @Override
  public final int promptLength() {
    return promptLength;
  }

  /// Tokens generated so far.
  public final int outputLength() {
    return length - promptLength;
  }

  /// The token at a position.
  @Override
  public final int token(int position) {
    if (position >= length) {
      throw new IndexOutOfBoundsException(position + " of " + length);
    }
    return tokens[position];
  }

  /// Tokens that are known or promised.
  public final int expectedLength() {
    return length + promised;
  }

  /// True if all that is left is to wait for promised tokens.
  final boolean isAwaited() {
    return promised > 0 && expectedLength() == maxLength();
  }

  /// Tokens whose keys and values are in the cache.
  public final int computed() {
    return computed;
  }

  /// Tokens, promised ones too, that are not in the cache yet; 1 while it generates.
  public final int pending() {
    return expectedLength() - computed;
  }

  public final SequenceState state() {
    return state;
  }

  public final BlockTable blocks() {
    return blocks;
  }

  /// Makes a place for a token that is being sampled.
  final void promise() {
    promised++;
  }

  /// Fills the first promised place.
  final void append(int token) {
    if (promised == 0) {
      throw new IllegalStateException("a token that was not promised");
    }
    promised--;
    tokens[length++] = token;
  }

  /// True if it may begin in blocks that others computed.
  protected boolean sharesBlocks() {
    return true;
  }

  /// Begins in blocks that are known to hold its first tokens. At least one token is left to
  /// compute, for its logits.
  final void share(PrefixCache prefixes) {
    if (sharesBlocks()) {
      computed = prefixes.share(blocks, tokens, Math.min(length, expectedLength() - 1));
    }
  }

  /// Lets others share what it has computed of tokens that are known.
  final void teach(PrefixCache prefixes) {
    prefixes.learn(blocks, tokens, Math.min(length, computed));
  }

  /// Notes that `count` more tokens are in the cache.
  final void advance(int count) {
    computed += count;
  }

  /// Forgets what was computed: the blocks are gone.
  final void rewind() {
    computed = 0;
  }

  final void enter(SequenceState next) {
    state = next;
  }

  /// Tokens that need a place in the cache: all but the last that can be generated, which is never
  /// read.
  static int placesNeeded(int promptLength, int maxLength) {
    return Math.max(promptLength, maxLength - 1);
  }

  /// Gives the sequence the table of the cache in which it will run.
  final void place(int tokensPerBlock) {
    blocks = new BlockTable(tokensPerBlock, placesNeeded(promptLength, maxLength()));
  }
}
