package dev.lathe.codegen.kernel.attention;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Pred;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Emits attention for any type and head size: one warp a row and query head, its lanes over the
/// head's elements, one key after the other with a running softmax.
final class SimtAttentionBody {
  static final int WARPS = 4;
  private static final int LANES = 32;

  private final KernelBuilder k;
  private final AttentionProblem problem;
  private final AttentionParameters parameters;
  private final B32 lane;

  SimtAttentionBody(KernelBuilder k, AttentionProblem problem) {
    this.k = k;
    this.problem = problem;
    this.parameters = AttentionParameters.declare(k, problem);
    this.lane = k.laneIndex();
  }

  void emit() {
    int heads = problem.heads().query();
    B32 index = k.mad(k.blockX(), WARPS, k.warpIndex());
    B32 row = k.div(index, heads);
    B32 head = k.rem(index, heads);
    k.exitIf(k.ge(row, parameters.tokens()));
    Sequences search = new Sequences(k, parameters.starts(), parameters.sequences());
    B32 sequence = search.ofRow(row);
    B32 context = parameters.context(k, sequence);
    B32 end = search.start(k.add(sequence, 1));
    B32 position = k.sub(context, k.sub(end, row));
    B32 keyEnd = problem.scores().causal() ? k.add(position, 1) : context;
    B32 first =
        problem.window() == 0
            ? k.constant(0)
            : k.max(k.sub(keyEnd, problem.window()), k.constant(0));
    B32 kvHead = k.div(head, problem.heads().group());
    PagedKeys pages = new PagedKeys(k, problem, parameters.tables(), sequence, kvHead);
    B32 last = k.select(k.gt(context, 0), keyEnd, k.constant(0));
    Row self = new Row(position, rowOffset(row, head), slope(head));
    attend(self, first, last, pages);
  }

  /// What a warp works on.
  ///
  /// @param offset of the row's head in queries and result
  private record Row(B32 position, B64 offset, Optional<F32> slope) {}

  private Optional<F32> slope(B32 head) {
    return problem.scores().sloped()
        ? Optional.of(problem.scores().exponentSlope(k, parameters.slope(k, head)))
        : Optional.empty();
  }

  private void attend(Row row, B32 first, B32 end, PagedKeys pages) {
    List<F32> query = load(k.add(parameters.queries(), row.offset));
    List<F32> sums = query.stream().map(ignored -> k.constant(0f)).toList();
    F32 greatest = k.constant(Float.NEGATIVE_INFINITY);
    F32 total = k.constant(0f);
    k.forRange(
        first,
        end,
        1,
        key -> {
          B64 offset = pages.rowOffset(key);
          F32 product = acrossLanes(dot(query, load(k.add(parameters.keys(), offset))));
          F32 score = problem.scores().exponent(k, product);
          row.slope.ifPresent(
              slope -> problem.scores().addSlope(k, score, slope, key, row.position));
          F32 newGreatest = k.max(greatest, score);
          F32 rescale = k.exp2(k.sub(greatest, newGreatest));
          F32 weight = k.exp2(k.sub(score, newGreatest));
          k.assign(greatest, newGreatest);
          k.mulTo(total, rescale);
          k.addTo(total, weight);
          List<F32> value = load(k.add(parameters.values(), offset));
          for (int i = 0; i < sums.size(); i++) {
            k.mulTo(sums.get(i), rescale);
            k.fmaTo(sums.get(i), weight, value.get(i));
          }
        });
    F32 inverse = k.select(k.gt(total, 0f), k.reciprocal(total), 0f);
    List<F32> result = sums.stream().map(sum -> k.mul(sum, inverse)).toList();
    store(k.add(parameters.out(), row.offset), result);
  }

  private B64 rowOffset(B32 row, B32 head) {
    int bytes = problem.dtype().bytes();
    return k.madWide(
        row, problem.rowElements() * bytes, k.widen(k.mul(head, problem.headDim() * bytes)));
  }

  private F32 dot(List<F32> a, List<F32> b) {
    F32 sum = k.constant(0f);
    for (int i = 0; i < a.size(); i++) {
      k.fmaTo(sum, a.get(i), b.get(i));
    }
    return sum;
  }

  private F32 acrossLanes(F32 sum) {
    F32 total = sum;
    for (int mask = LANES / 2; mask > 0; mask /= 2) {
      total = k.add(total, k.shuffleXor(total, mask));
    }
    return total;
  }

  /// This lane's elements of a head: lane, lane + 32, ...; 0 past the end.
  private List<F32> load(B64 head) {
    B64 mine = k.madWide(lane, problem.dtype().bytes(), head);
    List<F32> elements = new ArrayList<>();
    for (int i = 0; i < problem.headDim(); i += LANES) {
      int offset = i * problem.dtype().bytes();
      F32 element = k.constant(0f);
      inside(i, () -> k.assign(element, problem.dtype().load(k, k.at(mine, offset), 1).getFirst()));
      elements.add(element);
    }
    return elements;
  }

  private void store(B64 head, List<F32> elements) {
    B64 mine = k.madWide(lane, problem.dtype().bytes(), head);
    for (int i = 0; i < elements.size(); i++) {
      F32 element = elements.get(i);
      int offset = i * LANES * problem.dtype().bytes();
      inside(i * LANES, () -> problem.dtype().store(k, k.at(mine, offset), List.of(element)));
    }
  }

  private void inside(int firstElement, Runnable body) {
    if (firstElement + LANES <= problem.headDim()) {
      body.run();
      return;
    }
    Pred valid = k.lt(lane, problem.headDim() - firstElement);
    k.ifThen(valid, body);
  }
}
