package dev.lathe.codegen.kernel.linear;

import dev.lathe.codegen.epilogue.EpilogueEmitter;
import dev.lathe.codegen.epilogue.EpilogueEmitter.Product;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.asm.MemoryOps.Cache;
import dev.lathe.codegen.ptx.asm.SharedRegion;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Pred;
import java.util.ArrayList;
import java.util.List;

/// Emits the linear kernel for few tokens, which is bound by reading the weights once.
///
/// The operands are swapped: 16 weight rows are the A operand of m16n8k16, 8 tokens are the B
/// operand. A product may visit k in any order that both operands share, so each lane takes 8
/// neighbouring elements of a row (16 bytes, straight from row-major memory) and passes them off as
/// the pairs of two k16 steps. The warps of a block share one tile of 16 rows and split k by chunks
/// of 32; their sums meet in shared memory and are added in a fixed order.
final class SkinnyLinearBody {
  /// Elements of k in a chunk: 8 for each of the 4 lanes of a row.
  private static final int CHUNK = 32;

  /// Elements of k that one lane loads at once.
  private static final int LANE_ELEMENTS = 8;

  /// Weight rows of a block.
  static final int ROWS = 16;

  /// Row pitch of the partial sums, odd against bank conflicts.
  static final int PITCH = ROWS + 1;

  private final KernelBuilder k;
  private final LinearProblem problem;
  private final SkinnyLinearConfig config;
  private final EpilogueEmitter epilogue;
  private final B32 tokens;
  private final B32 group;
  private final B32 quad;
  private final B32 firstRow;
  private final B32 firstToken;
  private final B32 warp;
  private final List<B64> weightRows;
  private final List<B64> tokenRows;
  private final List<List<F32>> sums = new ArrayList<>();

  SkinnyLinearBody(KernelBuilder k, LinearProblem problem, SkinnyLinearConfig config) {
    this.k = k;
    this.problem = problem;
    this.config = config;
    B64 input = k.pointer("input");
    B64 weight = k.pointer("weight");
    this.epilogue = new EpilogueEmitter(k, problem.epilogue(), problem.outColumns());
    this.tokens = k.size("tokens");
    B32 lane = k.laneIndex();
    this.warp = k.warpIndex();
    this.group = k.shr(lane, 2);
    this.quad = k.and(lane, 3);
    this.firstRow = k.mul(k.blockX(), ROWS);
    this.firstToken = k.mul(k.blockY(), config.tokenTiles() * 8);
    B32 laneBytes = k.mad(warp, CHUNK * 2, k.mul(quad, LANE_ELEMENTS * 2));
    this.weightRows =
        List.of(weightRow(weight, 0, laneBytes), weightRow(weight, ROWS / 2, laneBytes));
    this.tokenRows = tokenRows(input, laneBytes);
    for (int tile = 0; tile < config.tokenTiles(); tile++) {
      sums.add(zeros());
    }
  }

  /// Rows past the last are read as the last, and never stored.
  private B64 weightRow(B64 weight, int offset, B32 laneBytes) {
    B32 row = k.min(k.add(k.add(firstRow, group), offset), problem.n() - 1);
    return k.add(k.madWide(row, problem.k() * 2, weight), k.widen(laneBytes));
  }

  private List<B64> tokenRows(B64 input, B32 laneBytes) {
    List<B64> rows = new ArrayList<>();
    B32 last = k.sub(tokens, 1);
    for (int tile = 0; tile < config.tokenTiles(); tile++) {
      B32 token = k.min(k.add(k.add(firstToken, group), tile * 8), last);
      rows.add(k.add(k.madWide(token, problem.k() * 2, input), k.widen(laneBytes)));
    }
    return rows;
  }

  private List<F32> zeros() {
    return List.of(k.constant(0f), k.constant(0f), k.constant(0f), k.constant(0f));
  }

  void emit() {
    accumulate();
    shareSums();
  }

  private void accumulate() {
    int wholeChunks = problem.k() / CHUNK;
    int stride = config.warps() * config.unroll();
    B32 chunk = k.copy(warp);
    k.comment("whole chunks, " + config.unroll() + " in flight a warp");
    k.loop(() -> {
      k.breakIf(k.gt(chunk, wholeChunks - 1 - (config.unroll() - 1) * config.warps()));
      multiplyChunks(config.unroll());
      k.addTo(chunk, stride);
      advance(stride);
    });
    k.comment("the rest of k, one chunk at a time");
    k.loop(() -> {
      B32 element = k.mad(chunk, CHUNK, k.mul(quad, LANE_ELEMENTS));
      k.breakIf(k.gt(chunk, (problem.k() - 1) / CHUNK));
      multiplyTail(k.lt(element, problem.k()));
      k.addTo(chunk, config.warps());
      advance(config.warps());
    });
  }

  private void advance(int chunks) {
    weightRows.forEach(row -> k.addTo(row, (long) chunks * CHUNK * 2));
    tokenRows.forEach(row -> k.addTo(row, (long) chunks * CHUNK * 2));
  }

  private void multiplyChunks(int count) {
    List<List<B32>> weights = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      for (B64 row : weightRows) {
        weights.add(k.loadWords(k.at(row, chunkBytes(i)), 4, Cache.STREAM));
      }
    }
    for (int i = 0; i < count; i++) {
      for (int tile = 0; tile < config.tokenTiles(); tile++) {
        List<B32> token = k.loadWords(k.at(tokenRows.get(tile), chunkBytes(i)), 4);
        multiply(sums.get(tile), weights.get(2 * i), weights.get(2 * i + 1), token);
      }
    }
  }

  private int chunkBytes(int i) {
    return i * config.warps() * CHUNK * 2;
  }

  private void multiplyTail(Pred valid) {
    List<B32> upper = loadOrZero(weightRows.get(0), Cache.STREAM, valid);
    List<B32> lower = loadOrZero(weightRows.get(1), Cache.STREAM, valid);
    for (int tile = 0; tile < config.tokenTiles(); tile++) {
      List<B32> token = loadOrZero(tokenRows.get(tile), Cache.DEFAULT, valid);
      multiply(sums.get(tile), upper, lower, token);
    }
  }

  private List<B32> loadOrZero(B64 row, Cache cache, Pred valid) {
    List<B32> words = List.of(k.constant(0), k.constant(0), k.constant(0), k.constant(0));
    k.when(valid, () -> k.loadWordsTo(words, k.at(row), cache));
    return words;
  }

  /// Two k16 steps: words 0, 1 and words 2, 3 of each row.
  private void multiply(List<F32> sum, List<B32> upper, List<B32> lower, List<B32> token) {
    for (int step = 0; step < 4; step += 2) {
      List<B32> a =
          List.of(upper.get(step), lower.get(step), upper.get(step + 1), lower.get(step + 1));
      k.mma(problem.halfType(), sum, a, token.subList(step, step + 2));
    }
  }

  private void shareSums() {
    int columns = config.tokenTiles() * 8;
    SharedRegion partial = k.shared("partial", config.sharedBytes(), 16);
    k.comment("partial sums (warp, token, row)");
    B32 base = k.addressOf(partial);
    B32 mine = k.mad(k.mad(warp, columns, k.mul(quad, 2)), PITCH, group);
    B32 address = k.mad(mine, Float.BYTES, base);
    for (int tile = 0; tile < config.tokenTiles(); tile++) {
      for (int i = 0; i < 4; i++) {
        int offset = (tile * 8 + (i & 1)) * PITCH + (i >> 1) * 8;
        k.store(k.at(address, offset * Float.BYTES), sums.get(tile).get(i));
      }
    }
    k.blockBarrier();
    storeResults(base, columns);
  }

  private void storeResults(B32 base, int columns) {
    int rows = epilogue.gated() ? ROWS / 2 : ROWS;
    k.forRange(
        k.threadIndex(),
        columns * rows,
        k.threads(),
        i -> {
          B32 localToken = k.div(i, rows);
          B32 token = k.add(firstToken, localToken);
          B32 row = k.rem(i, rows);
          B32 weightRow = k.add(firstRow, row);
          Pred inside = k.and(k.lt(token, tokens), k.lt(weightRow, problem.n()));
          B32 address = k.mad(k.mad(localToken, PITCH, row), Float.BYTES, base);
          k.ifThen(inside, () -> storeResult(address, columns, token, row, weightRow));
        });
  }

  private void storeResult(B32 address, int columns, B32 token, B32 row, B32 weightRow) {
    if (epilogue.gated()) {
      F32 gate = total(address, columns, 0);
      F32 up = total(address, columns, ROWS / 2);
      Product value = Product.gated(gate, weightRow, up, k.add(weightRow, ROWS / 2));
      epilogue.store(token, k.mad(k.blockX(), ROWS / 2, row), value);
    } else {
      epilogue.store(token, weightRow, Product.of(total(address, columns, 0), weightRow));
    }
  }

  private F32 total(B32 address, int columns, int rowOffset) {
    F32 sum = k.loadF32(k.at(address, rowOffset * Float.BYTES));
    for (int i = 1; i < config.warps(); i++) {
      int offset = (i * columns * PITCH + rowOffset) * Float.BYTES;
      sum = k.add(sum, k.loadF32(k.at(address, offset)));
    }
    return sum;
  }
}
