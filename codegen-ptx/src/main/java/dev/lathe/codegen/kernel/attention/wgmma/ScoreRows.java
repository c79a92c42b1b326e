package dev.lathe.codegen.kernel.attention.wgmma;

import dev.lathe.codegen.kernel.attention.AttentionProblem;
import dev.lathe.codegen.kernel.attention.ScoreRule;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Pred;
import java.util.ArrayList;
import java.util.List;

/// What the two rows of a thread make of their products with a tile of keys: which of them they do
/// not see, and what is done to them before the softmax. Layout: as in [WeightedSums].
final class ScoreRows {
  private static final int ROWS = 2;
  private static final float LOG2_E = (float) (1 / Math.log(2));

  private final KernelBuilder k;
  private final AttentionProblem problem;
  private final int keys;
  private final boolean seesWhole;
  private final QueryTile queryTile;
  private final int tokens;
  private final WgmmaAttentionParameters parameters;
  private final B32 warpgroup;

  /// The last key that the first row sees.
  private final B32 first;

  /// The last key that each row sees, less twice the thread's place in its quad.
  private final List<B32> last = new ArrayList<>();

  private final List<F32> slopes = new ArrayList<>();

  /// @param parameters where the slopes are
  ScoreRows(
      KernelBuilder k,
      AttentionProblem problem,
      WgmmaAttentionConfig config,
      WgmmaAttentionParameters parameters,
      B32 warpgroup) {
    this.k = k;
    this.problem = problem;
    this.keys = config.keys();
    this.parameters = parameters;
    this.warpgroup = warpgroup;
    this.queryTile = QueryTile.of(problem.heads().group());
    this.tokens = problem.scores().causal() ? queryTile.tokens() : 1;
    this.seesWhole =
        !problem.scores().causal() || (config.warpgroups() - 1) * tokens < config.keys();
    this.first = k.constant(0);
    for (int row = 0; row < ROWS; row++) {
      last.add(k.constant(0));
      if (problem.scores().sloped()) {
        slopes.add(k.constant(0f));
      }
    }
  }

  /// Begins the rows of an item.
  void begin(WorkItem.Rows rows, WorkItem.Keys seen) {
    boolean causal = problem.scores().causal();
    k.assign(first, causal ? k.mad(warpgroup, tokens, seen.position()) : seen.position());
    B32 column = k.mul(k.and(k.threadIndex(), 3), 2);
    for (int row = 0; row < ROWS; row++) {
      B32 index = queryTile.row(k, row);
      B32 token = k.div(index, queryTile.heads());
      k.assign(last.get(row), k.sub(causal ? k.add(first, token) : first, column));
      if (problem.scores().sloped()) {
        B32 head = k.add(rows.head(), k.rem(index, queryTile.heads()));
        B32 known = k.min(head, problem.heads().query() - 1);
        B64 slope = k.madWide(known, Float.BYTES, parameters.slopes().orElseThrow());
        k.assign(slopes.get(row), k.mul(k.loadF32(k.at(slope)), LOG2_E));
      }
    }
  }

  /// Whether an item has no tiles that a whole warpgroup does not see, or too few to care.
  boolean seesWhole() {
    return seesWhole;
  }

  /// The last tile of which these rows see anything; the item's first one if they see nothing.
  B32 lastTile(WorkItem.Rows rows, WorkItem.Keys seen) {
    B32 rest = k.sub(rows.tokens(), k.mul(warpgroup, tokens));
    B32 last = k.sub(k.add(first, k.min(rest, tokens)), 1);
    B32 known = k.select(k.gt(rest, 0), k.max(last, 0), k.constant(0));
    return k.max(k.min(k.div(known, keys), seen.lastTile()), seen.firstTile());
  }

  /// True if scores stay products; else [#transform] makes them exponents of two.
  static boolean areProducts(ScoreRule rule) {
    return rule.softCap() == 0 && !rule.sloped();
  }

  /// Makes of products with a tile of keys what the softmax takes; those that a row does not see
  /// are minus infinity.
  void apply(B32 tile, List<F32> scores) {
    B32 key = k.mul(tile, keys);
    if (!areProducts(problem.scores())) {
      transform(key, scores);
    }
    hide(key, scores);
  }

  private void transform(B32 key, List<F32> scores) {
    List<F32> nearest = new ArrayList<>();
    for (int row = 0; row < slopes.size(); row++) {
      nearest.add(k.mul(slopes.get(row), k.toFloat(k.sub(key, last.get(row)))));
    }
    for (int i = 0; i < scores.size(); i++) {
      int row = (i >> 1) & 1;
      F32 score = scores.get(i);
      F32 exponent =
          problem.scores().softCap() == 0
              ? k.mul(score, problem.exponentScale())
              : capped(score, problem.scores().softCap());
      if (!slopes.isEmpty()) {
        F32 shifted = k.add(exponent, nearest.get(row));
        exponent = k.fma(slopes.get(row), (float) column(i), shifted);
      }
      k.assign(score, exponent);
    }
  }

  /// `cap * tanh(u) = cap - 2 cap / (1 + exp(2 u))`: its error is that of float32 at the size of
  /// the cap, which is what counts for an exponent.
  private F32 capped(F32 product, float cap) {
    F32 power = k.exp2(k.mul(product, 2 * LOG2_E * problem.scale() / cap));
    F32 share = k.reciprocal(k.add(power, 1f));
    return k.fma(share, -2 * LOG2_E * cap, LOG2_E * cap);
  }

  /// Hides keys behind the last that a row sees and before its window, in tiles that have any.
  private void hide(B32 key, List<F32> scores) {
    Pred needed = k.gt(k.add(key, keys - 1), first);
    if (problem.window() > 0) {
      needed = k.or(needed, k.le(k.add(key, problem.window()), k.add(first, tokens - 1)));
    }
    k.ifThen(needed, () -> hideSome(key, scores));
  }

  private void hideSome(B32 key, List<F32> scores) {
    List<B32> limits = last.stream().map(limit -> k.sub(limit, key)).toList();
    for (int i = 0; i < scores.size(); i++) {
      B32 limit = limits.get((i >> 1) & 1);
      Pred hidden = k.lt(limit, column(i));
      if (problem.window() > 0) {
        hidden = k.or(hidden, k.ge(limit, k.constant(column(i) + problem.window())));
      }
      F32 score = scores.get(i);
      k.when(hidden, () -> k.assign(score, Float.NEGATIVE_INFINITY));
    }
  }

  /// Column of a register in the first lane of a quad.
  private static int column(int register) {
    return (register >> 2) * 8 + (register & 1);
  }
}
