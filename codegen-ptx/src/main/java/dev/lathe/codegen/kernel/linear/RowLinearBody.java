package dev.lathe.codegen.kernel.linear;

import dev.lathe.codegen.epilogue.EpilogueEmitter;
import dev.lathe.codegen.epilogue.EpilogueEmitter.Product;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Pred;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/// Emits the linear kernel for few tokens, any type and any k: one warp computes one column of the
/// result for a few tokens, its lanes stride over k.
final class RowLinearBody {
  static final int WARPS = 4;

  /// Tokens of a block.
  static final int TOKENS = 4;

  private static final int LANES = 32;

  private final KernelBuilder k;
  private final LinearProblem problem;
  private final EpilogueEmitter epilogue;
  private final B64 input;
  private final B64 weight;
  private final B32 tokens;
  private final B32 firstToken;
  private final B32 column;
  private final B32 lane;

  RowLinearBody(KernelBuilder k, LinearProblem problem) {
    this.k = k;
    this.problem = problem;
    this.input = k.pointer("input");
    this.weight = k.pointer("weight");
    this.epilogue = new EpilogueEmitter(k, problem.epilogue(), problem.outColumns());
    this.tokens = k.size("tokens");
    this.firstToken = k.mul(k.blockY(), TOKENS);
    this.column = k.mad(k.blockX(), WARPS, k.warpIndex());
    this.lane = k.laneIndex();
  }

  void emit() {
    k.exitIf(k.ge(column, problem.outColumns()));
    if (epilogue.gated()) {
      B32 gateRow = k.mad(k.shr(column, 3), 16, k.and(column, 7));
      B32 upRow = k.add(gateRow, 8);
      List<F32> gates = sums(gateRow);
      List<F32> ups = sums(upRow);
      store(i -> Product.gated(gates.get(i), gateRow, ups.get(i), upRow));
    } else {
      List<F32> sums = sums(column);
      store(i -> Product.of(sums.get(i), column));
    }
  }

  /// Products of one weight row with every token of the block, in all lanes.
  private List<F32> sums(B32 row) {
    int bytes = problem.dtype().bytes();
    B64 weights = k.madWide(row, problem.k() * bytes, weight);
    List<B64> inputs = new ArrayList<>();
    List<F32> sums = new ArrayList<>();
    for (int i = 0; i < TOKENS; i++) {
      B32 token = k.min(k.add(firstToken, i), k.sub(tokens, 1));
      inputs.add(k.madWide(token, problem.k() * bytes, input));
      sums.add(k.constant(0f));
    }
    k.forRange(
        lane,
        problem.k(),
        LANES,
        element -> {
          F32 w = problem.dtype().load(k, k.at(k.madWide(element, bytes, weights)), 1).getFirst();
          for (int i = 0; i < TOKENS; i++) {
            B64 address = k.madWide(element, bytes, inputs.get(i));
            k.fmaTo(sums.get(i), w, problem.dtype().load(k, k.at(address), 1).getFirst());
          }
        });
    return sums.stream().map(this::acrossLanes).toList();
  }

  private F32 acrossLanes(F32 sum) {
    F32 total = sum;
    for (int mask = LANES / 2; mask > 0; mask /= 2) {
      total = k.add(total, k.shuffleXor(total, mask));
    }
    return total;
  }

  /// Lane 0 stores the value of each token.
  private void store(IntFunction<Product> value) {
    for (int i = 0; i < TOKENS; i++) {
      B32 token = k.add(firstToken, i);
      int index = i;
      Pred mine = k.and(k.eq(lane, 0), k.lt(token, tokens));
      k.ifThen(mine, () -> epilogue.store(token, column, value.apply(index)));
    }
  }
}
