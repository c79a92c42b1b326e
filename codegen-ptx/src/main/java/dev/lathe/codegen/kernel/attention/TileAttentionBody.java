package dev.lathe.codegen.kernel.attention;

import static dev.lathe.codegen.kernel.attention.KeyValueTiles.CHUNK_BYTES;
import static dev.lathe.codegen.kernel.attention.KeyValueTiles.KEYS;

import dev.lathe.codegen.kernel.attention.TileRows.Row;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Pred;
import java.util.ArrayList;
import java.util.List;

/// Emits attention for ragged batches on tensor cores: a running softmax over tiles of keys.
///
/// Queries, scores and results stay in registers ([TileRows], [RunningSoftmax]), keys and values
/// come through shared memory by asynchronous copies ([KeyValueTiles]), values while scores are
/// computed and the next keys while values are used.
final class TileAttentionBody {
  static final int WARPS = TileRows.ROWS / 16;

  private final KernelBuilder k;
  private final AttentionProblem problem;
  private final int pitch;

  TileAttentionBody(KernelBuilder k, AttentionProblem problem) {
    this.k = k;
    this.problem = problem;
    this.pitch = KeyValueTiles.pitchBytes(problem);
  }

  void emit() {
    AttentionParameters parameters = AttentionParameters.declare(k, problem);
    TileRows rows = TileRows.find(k, problem, parameters);
    B32 end = rows.endKey();
    B32 low = rows.firstPosition();
    B32 begin =
        problem.window() == 0
            ? k.constant(0)
            : k.and(k.max(k.sub(low, problem.window() - 1), k.constant(0)), -KEYS);
    List<List<B32>> query = rows.load(parameters.queries());
    List<F32> slopes = rows.slopes(parameters);
    RunningSoftmax softmax = new RunningSoftmax(k, problem.headDim());
    PagedKeys pages =
        new PagedKeys(k, problem, parameters.tables(), rows.work().sequence(), k.blockY());
    KeyValueTiles tiles = new KeyValueTiles(k, problem, parameters, pages, begin, end);
    k.ifThen(
        k.lt(begin, end),
        () -> {
          tiles.startKeys();
          tiles.startValues();
          k.forRange(
              begin,
              end,
              KEYS,
              key -> attend(key, end, low, rows.rows(), query, slopes, softmax, tiles));
        });
    k.waitCopies(0);
    rows.store(parameters.out(), softmax);
  }

  private void attend(
      B32 key,
      B32 end,
      B32 low,
      List<Row> rows,
      List<List<B32>> query,
      List<F32> slopes,
      RunningSoftmax softmax,
      KeyValueTiles tiles) {
    k.comment("scores of a tile of keys");
    k.waitCopies(1);
    k.blockBarrier();
    List<F32> scores = scores(query, tiles.keyTile());
    addSlopes(key, rows, slopes, scores);
    mask(key, end, low, rows, scores);
    k.blockBarrier();
    Pred more = k.lt(k.add(key, KEYS), end);
    k.ifElse(more, tiles::startKeys, k::commitCopies);
    k.comment("softmax, then values");
    softmax.update(scores);
    k.waitCopies(1);
    k.blockBarrier();
    addValues(scores, softmax.sums(), tiles.valueTile());
    k.blockBarrier();
    k.ifElse(more, tiles::startValues, k::commitCopies);
  }

  private List<F32> scores(List<List<B32>> query, B32 keyTile) {
    List<F32> scores = new ArrayList<>();
    for (int i = 0; i < KEYS / 8 * 4; i++) {
      scores.add(k.constant(0f));
    }
    B32 lane = k.laneIndex();
    B32 row = k.add(k.and(lane, 7), k.mul(k.shr(lane, 4), 8));
    B32 address = k.mad(row, pitch, k.add(keyTile, k.mul(k.and(k.shr(lane, 3), 1), CHUNK_BYTES)));
    for (int step = 0; step < problem.headDim() / 16; step++) {
      for (int pair = 0; pair < KEYS / 16; pair++) {
        List<B32> b = k.loadMatrices(k.at(address, pair * 16 * pitch + step * 32), 4, false);
        for (int n = 0; n < 2; n++) {
          int first = (pair * 2 + n) * 4;
          k.mma(
              problem.halfType(),
              scores.subList(first, first + 4),
              query.get(step),
              b.subList(2 * n, 2 * n + 2));
        }
      }
    }
    scores.forEach(score -> k.assign(score, problem.scores().exponent(k, score)));
    return scores;
  }

  /// Hides keys behind the last that a row sees and before its window, in tiles that have any.
  private void mask(B32 key, B32 end, B32 low, List<Row> rows, List<F32> scores) {
    boolean causal = problem.scores().causal();
    Pred needed = causal ? k.gt(k.add(key, KEYS - 1), low) : k.gt(k.add(key, KEYS), end);
    if (problem.window() > 0) {
      B32 high = k.add(low, TileRows.tokensPerTile(problem) - 1);
      needed = k.or(needed, k.le(k.add(key, problem.window()), high));
    }
    List<B32> last = rows.stream().map(row -> causal ? row.position() : k.sub(end, 1)).toList();
    k.ifThen(needed, () -> hide(firstColumn(key), last, scores));
  }

  /// First key of this lane's columns.
  private B32 firstColumn(B32 key) {
    return k.mad(k.and(k.laneIndex(), 3), 2, key);
  }

  private void addSlopes(B32 key, List<Row> rows, List<F32> slopes, List<F32> scores) {
    if (slopes.isEmpty()) {
      return;
    }
    B32 first = firstColumn(key);
    for (int i = 0; i < scores.size(); i++) {
      int row = (i >> 1) & 1;
      B32 column = k.add(first, (i >> 2) * 8 + (i & 1));
      problem
          .scores()
          .addSlope(k, scores.get(i), slopes.get(row), column, rows.get(row).position());
    }
  }

  /// @param last key that each row sees
  private void hide(B32 firstKey, List<B32> last, List<F32> scores) {
    for (int i = 0; i < scores.size(); i++) {
      B32 greatest = last.get((i >> 1) & 1);
      B32 column = k.add(firstKey, (i >> 2) * 8 + (i & 1));
      Pred hidden = k.gt(column, greatest);
      if (problem.window() > 0) {
        hidden = k.or(hidden, k.le(k.add(column, problem.window()), greatest));
      }
      F32 score = scores.get(i);
      k.when(hidden, () -> k.assign(score, Float.NEGATIVE_INFINITY));
    }
  }

  private void addValues(List<F32> weights, List<F32> sums, B32 valueTile) {
    B32 lane = k.laneIndex();
    B32 row = k.and(lane, 15);
    B32 address = k.mad(row, pitch, k.add(valueTile, k.mul(k.shr(lane, 4), CHUNK_BYTES)));
    for (int step = 0; step < KEYS / 16; step++) {
      List<B32> a = problem.dtype().pack(k, weights.subList(step * 8, step * 8 + 8));
      for (int pair = 0; pair < problem.headDim() / 16; pair++) {
        List<B32> b = k.loadMatrices(k.at(address, step * 16 * pitch + pair * 32), 4, true);
        for (int n = 0; n < 2; n++) {
          int first = (pair * 2 + n) * 4;
          k.mma(problem.halfType(), sums.subList(first, first + 4), a, b.subList(2 * n, 2 * n + 2));
        }
      }
    }
  }
}
