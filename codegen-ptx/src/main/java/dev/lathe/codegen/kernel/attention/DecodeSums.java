package dev.lathe.codegen.kernel.attention;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Pred;
import java.util.ArrayList;
import java.util.List;

/// The running softmax of a warp and its sums of weighted values.
///
/// The softmax is kept by head rows g and g + 8 of lane (g, q). The sums are transposed, elements
/// of the head by query heads, so that up to 8 heads fill a tile: of each part of the head, lane
/// (g, q) holds its own neighbours for heads 2q and 2q + 1, and for 8 more in the lower half.
final class DecodeSums {
  private final KernelBuilder k;
  private final DecodeProblem decode;
  private final AttentionProblem problem;
  private final List<HeadPart> parts;
  private final List<F32> greatest = new ArrayList<>();
  private final List<F32> totals = new ArrayList<>();

  /// By half; then 4 for each word of each part: (element, head), (element, head + 1), (element +
  /// 1, head), (element + 1, head + 1).
  private final List<List<F32>> sums = new ArrayList<>();

  DecodeSums(KernelBuilder k, DecodeProblem decode) {
    this.k = k;
    this.decode = decode;
    this.problem = decode.attention();
    this.parts = HeadPart.ofValues(problem.headDim());
    for (int half = 0; half < halves(); half++) {
      greatest.add(k.constant(Float.NEGATIVE_INFINITY));
      totals.add(k.constant(0f));
      List<F32> elements = new ArrayList<>();
      for (int i = 0; i < problem.headDim() / 4; i++) {
        elements.add(k.constant(0f));
      }
      sums.add(elements);
    }
  }

  private int halves() {
    return decode.usesLowerHalf() ? 2 : 1;
  }

  /// Adds 16 keys.
  ///
  /// @param scores as [DecodeQuery#scores] gives them; minus infinity for hidden keys
  /// @param values address of the keys' values in shared memory, less `offset`
  void add(List<List<F32>> scores, B32 values, int offset, int pitch) {
    List<List<B32>> weights = new ArrayList<>();
    for (int half = 0; half < halves(); half++) {
      weights.add(weigh(half, scores));
    }
    B32 lane = k.laneIndex();
    B32 group = k.shr(lane, 2);
    B32 quad = k.and(lane, 3);
    B32 even = k.mad(KeyOrder.ofQuad(k, quad, 0), pitch, values);
    B32 odd = k.mad(KeyOrder.ofQuad(k, quad, 1), pitch, values);
    int first = 0;
    for (HeadPart part : parts) {
      List<List<B32>> words = new ArrayList<>();
      for (int tile = 0; tile < 2; tile++) {
        for (B32 row : List.of(even, odd)) {
          B32 address = k.mad(group, part.laneBytes(), row);
          int place = offset + KeyOrder.tileRow(tile) * pitch + part.firstByte();
          words.add(k.loadWords(k.at(address, place), part.words()));
        }
      }
      for (int word = 0; word < part.words(); word++) {
        List<B32> a = transposed(words, word);
        for (int half = 0; half < halves(); half++) {
          k.mma(problem.halfType(), sums.get(half).subList(first, first + 4), a, weights.get(half));
        }
        first += 4;
      }
    }
  }

  /// The A fragment of two neighbouring elements, rows g and g + 8, by 16 keys.
  private List<B32> transposed(List<List<B32>> words, int word) {
    List<B32> fragment = new ArrayList<>();
    for (int tile = 0; tile < 2; tile++) {
      B32 even = words.get(2 * tile).get(word);
      B32 odd = words.get(2 * tile + 1).get(word);
      fragment.add(k.permute(even, odd, 0x5410));
      fragment.add(k.permute(even, odd, 0x7632));
    }
    return fragment;
  }

  /// Weights of the keys for the heads of one half, as a B fragment; brings the sums to the new
  /// greatest score where it changed.
  private List<B32> weigh(int half, List<List<F32>> scores) {
    F32 old = k.copy(greatest.get(half));
    F32 top = greatest.get(half);
    List<F32> mine = new ArrayList<>();
    scores.forEach(tile -> mine.addAll(tile.subList(2 * half, 2 * half + 2)));
    mine.forEach(score -> k.maxTo(top, score));
    k.maxTo(top, k.shuffleXor(top, 1));
    k.maxTo(top, k.shuffleXor(top, 2));
    F32 base = PartialSoftmax.finite(k, top);
    Pred changed = k.anyLane(k.gt(top, old));
    k.ifThen(changed, () -> rescale(half, k.exp2(k.sub(old, base))));
    List<F32> weights = mine.stream().map(score -> k.exp2(k.sub(score, base))).toList();
    weights.forEach(weight -> k.addTo(totals.get(half), weight));
    return problem.dtype().pack(k, weights);
  }

  private void rescale(int half, F32 factor) {
    k.mulTo(totals.get(half), factor);
    B32 lane = k.shl(k.and(k.laneIndex(), 3), 3);
    F32 even = k.shuffleFrom(factor, lane);
    F32 odd = k.shuffleFrom(factor, k.add(lane, 4));
    for (int i = 0; i < sums.get(half).size(); i++) {
      k.mulTo(sums.get(half).get(i), i % 2 == 0 ? even : odd);
    }
  }

  /// Stores what this warp has summed to its rows `(heads, headDim + 4)` f32: sums, the greatest
  /// exponent, the total; only the heads that the block has.
  void store(B32 rows, B32 heads) {
    B32 lane = k.laneIndex();
    B32 group = k.shr(lane, 2);
    B32 quad = k.and(lane, 3);
    int pitch = rowBytes(problem);
    for (int half = 0; half < halves(); half++) {
      F32 sum = k.add(totals.get(half), k.shuffleXor(totals.get(half), 1));
      F32 total = k.add(sum, k.shuffleXor(sum, 2));
      B32 head = k.add(group, 8 * half);
      Pred owns = k.and(k.lt(head, heads), k.eq(quad, 0));
      B32 line = k.mad(head, pitch, rows);
      F32 top = greatest.get(half);
      k.when(owns, () -> k.storeFloats(k.at(line, pitch - 16), List.of(top, total)));
      for (int odd = 0; odd < 2; odd++) {
        B32 sumHead = k.add(k.shl(quad, 1), 8 * half + odd);
        B32 sumLine = k.mad(sumHead, pitch, rows);
        int parity = odd;
        List<F32> elements = sums.get(half);
        k.ifThen(k.lt(sumHead, heads), () -> storeSums(group, sumLine, elements, parity));
      }
    }
  }

  private void storeSums(B32 group, B32 line, List<F32> elements, int odd) {
    int first = odd;
    for (HeadPart part : parts) {
      B32 address = k.mad(group, 2 * part.words() * Float.BYTES, line);
      for (int word = 0; word < part.words(); word += 2) {
        List<F32> neighbours = new ArrayList<>();
        for (int i = word; i < Math.min(word + 2, part.words()); i++) {
          neighbours.add(elements.get(first));
          neighbours.add(elements.get(first + 2));
          first += 4;
        }
        k.storeFloats(k.at(address, (part.first() + 2 * word) * Float.BYTES), neighbours);
      }
    }
  }

  /// Bytes of the row of one head that [#store] writes.
  static int rowBytes(AttentionProblem problem) {
    return (problem.headDim() + 4) * Float.BYTES;
  }
}
