package dev.lathe.codegen.kernel.attention;

import static dev.lathe.codegen.kernel.attention.DecodeProblem.KEYS;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.asm.MemoryOps.Cache;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Pred;
import java.util.ArrayList;
import java.util.List;

/// The queries of a block, in registers of every warp, and their products with keys.
///
/// A product sums over the head's elements in any order, so a lane takes neighbours: lane (g, q) of
/// a warp holds elements 8q .. 8q + 7 of each 32 of query head g, and of g + 8, and reads as many
/// of a key.
final class DecodeQuery {
  private final KernelBuilder k;
  private final AttentionProblem problem;
  private final List<HeadPart> parts;
  private final List<List<B32>> fragments = new ArrayList<>();
  private final B32 laneKey;

  /// Loads the queries; heads that the block does not have are zeros.
  DecodeQuery(KernelBuilder k, DecodeProblem decode, B64 queries, DecodeWork work) {
    this.k = k;
    this.problem = decode.attention();
    this.parts = HeadPart.ofKeys(problem.headDim());
    B32 lane = k.laneIndex();
    B32 group = k.shr(lane, 2);
    B32 quad = k.and(lane, 3);
    this.laneKey = KeyOrder.ofGroup(k, group);
    B32 head = k.add(work.firstHead(), group);
    B64 row =
        k.madWide(
            work.sequence(),
            problem.rowElements() * 2,
            k.madWide(head, problem.headDim() * 2, queries));
    Pred upper = k.lt(group, work.heads());
    Pred lower = k.lt(k.add(group, 8), work.heads());
    int lowerBytes = 8 * problem.headDim() * 2;
    for (HeadPart part : parts) {
      B64 address = k.madWide(quad, part.laneBytes(), row);
      List<B32> high = load(address, part, 0, upper);
      List<B32> low =
          decode.usesLowerHalf() ? load(address, part, lowerBytes, lower) : zeros(part.words());
      for (int step = 0; step < part.words(); step += 2) {
        fragments.add(
            List.of(high.get(step), low.get(step), high.get(step + 1), low.get(step + 1)));
      }
    }
  }

  private List<B32> load(B64 address, HeadPart part, int offset, Pred valid) {
    List<B32> words = zeros(part.words());
    k.when(
        valid, () -> k.loadWordsTo(words, k.at(address, part.firstByte() + offset), Cache.DEFAULT));
    return words;
  }

  private List<B32> zeros(int count) {
    List<B32> words = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      words.add(k.constant(0));
    }
    return words;
  }

  /// Exponents of two of the weights of 16 keys in shared memory: two C fragments, of head rows g
  /// and g + 8 and of keys in [KeyOrder].
  List<List<F32>> scores(B32 keys, int pitch) {
    B32 quad = k.and(k.laneIndex(), 3);
    B32 row = k.mad(laneKey, pitch, keys);
    List<List<F32>> sums = new ArrayList<>();
    for (int i = 0; i < KEYS / 8 * 2; i++) {
      sums.add(List.of(k.constant(0f), k.constant(0f), k.constant(0f), k.constant(0f)));
    }
    int fragment = 0;
    for (int p = 0; p < parts.size(); p++) {
      HeadPart part = parts.get(p);
      B32 address = k.mad(quad, part.laneBytes(), row);
      for (int tile = 0; tile < 2; tile++) {
        int offset = KeyOrder.tileRow(tile) * pitch + part.firstByte();
        List<B32> words = k.loadWords(k.at(address, offset), part.words());
        List<F32> sum = sums.get(2 * tile + p % 2);
        for (int step = 0; step < part.words(); step += 2) {
          List<B32> a = fragments.get(fragment + step / 2);
          k.mma(problem.halfType(), sum, a, words.subList(step, step + 2));
        }
      }
      fragment += part.words() / 2;
    }
    return List.of(exponents(sums.get(0), sums.get(1)), exponents(sums.get(2), sums.get(3)));
  }

  private List<F32> exponents(List<F32> first, List<F32> second) {
    List<F32> exponents = new ArrayList<>();
    for (int i = 0; i < first.size(); i++) {
      exponents.add(problem.scores().exponent(k, k.add(first.get(i), second.get(i))));
    }
    return exponents;
  }
}
