package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.kernel.linear.LinearProblem;
import dev.lathe.codegen.kernel.linear.wgmma.TileOrder.Place;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Pred;
import dev.lathe.codegen.tile.WgmmaFragment;
import java.util.ArrayList;
import java.util.List;

/// Keeps, for each token, the greatest sum of all tiles of a block and its row, the lowest one
/// among equals. At the end the lanes, then the warps of the block agree, and one line of a
/// workspace tells the result: a value and a row for each token.
///
/// All tiles of a block have the same tokens, and follow one another by row.
final class BestRows implements Consumer.Output {
  private static final int GROUP_LANES = 4;

  private final KernelBuilder k;
  private final LinearProblem problem;
  private final WgmmaConfig config;
  private final B64 bias;
  private final B64 values;
  private final B64 rows;
  private final B32 tokens;
  private final Warpgroup warpgroup;
  private final B32 shared;
  private final B32 firstToken;
  private final B32 part;
  private final List<BestRow> best = new ArrayList<>();

  /// What the kernel takes besides the factors and T.
  ///
  /// @param values `(parts, T)` f32
  /// @param rows `(parts, T)` i32
  record Parameters(B64 bias, B64 values, B64 rows) {
    static Parameters declare(KernelBuilder k, LinearProblem problem) {
      B64 values = k.pointer("values");
      B64 rows = k.pointer("rows");
      return new Parameters(problem.bias() ? k.pointer("bias") : values, values, rows);
    }
  }

  /// @param tokens T
  /// @param shared memory for [WgmmaConfig#resultBytes]
  BestRows(
      KernelBuilder k,
      LinearProblem problem,
      WgmmaConfig config,
      Parameters parameters,
      B32 tokens,
      Warpgroup warpgroup,
      B32 shared) {
    this.k = k;
    this.problem = problem;
    this.config = config;
    this.bias = parameters.bias;
    this.values = parameters.values;
    this.rows = parameters.rows;
    this.tokens = tokens;
    this.warpgroup = warpgroup;
    this.shared = shared;
    boolean together = config.tokenTilesAtOnce() > 1;
    this.firstToken = together ? k.mul(k.clusterRank(), config.tokens()) : k.constant(0);
    this.part = together ? k.clusterX() : k.blockX();
    for (int i = 0; i < config.tokens() / GROUP_LANES; i++) {
      best.add(BestRow.none(k));
    }
  }

  @Override
  public void emit(StageRing.Cursor cursor, Place place, List<List<F32>> sums) {
    k.comment("the greatest sums so far");
    B32 lane = k.laneIndex();
    B32 first =
        k.add(
            warpgroup.part(config.partRows(), place.row()),
            k.mad(warpgroup.warp, 16, k.shr(lane, 2)));
    for (int block = 0; block < sums.size(); block++) {
      for (int half = 0; half < 2; half++) {
        int offset = block * WgmmaConfig.WGMMA_ROWS + half * WgmmaFragment.row(0, 2);
        offer(sums.get(block), half, k.add(first, offset));
      }
    }
  }

  /// One row of the fragment.
  private void offer(List<F32> sums, int half, B32 row) {
    boolean whole = problem.n() % config.rows() == 0;
    B32 inside = whole ? row : k.min(row, problem.n() - 1);
    F32 offset = problem.bias() ? bias(inside) : k.constant(0f);
    for (int i = 0; i < sums.size(); i++) {
      if (i / 2 % 2 == half) {
        F32 sum = problem.bias() ? k.add(sums.get(i), offset) : sums.get(i);
        F32 value = problem.scale() == 1 ? sum : k.mul(sum, problem.scale());
        Pred greater = k.gt(value, best.get(tokenOf(i)).value());
        Pred wins = whole ? greater : k.and(greater, k.lt(row, problem.n()));
        best.get(tokenOf(i)).becomes(k, wins, value, row);
      }
    }
  }

  private F32 bias(B32 row) {
    int bytes = problem.dtype().bytes();
    return problem.dtype().load(k, k.at(k.madWide(row, bytes, bias)), 1).getFirst();
  }

  /// Which of this thread's tokens a register of a fragment belongs to.
  private static int tokenOf(int register) {
    return register / 4 * 2 + register % 2;
  }

  @Override
  public void afterLastTile() {
    k.comment("of all lanes, then of all warps");
    for (BestRow mine : best) {
      for (int distance = GROUP_LANES; distance < 32; distance *= 2) {
        mine.offer(k, k.shuffleXor(mine.value(), distance), k.shuffleXor(mine.row(), distance));
      }
    }
    int warps = config.warpgroups() * WgmmaConfig.WARPGROUP / 32;
    B32 lane = k.laneIndex();
    B32 warp = k.mad(warpgroup.index, WgmmaConfig.WARPGROUP / 32, warpgroup.warp);
    int line = config.tokens() * BestRow.BYTES;
    B32 own = k.mad(k.mul(lane, 2), BestRow.BYTES, k.mad(warp, line, shared));
    k.ifThen(
        k.lt(lane, GROUP_LANES),
        () -> {
          for (int i = 0; i < best.size(); i++) {
            int token = i / 2 * 8 + i % 2;
            best.get(i).store(k, k.at(own, token * BestRow.BYTES));
          }
        });
    warpgroup.awaitAll();
    B32 index = k.mad(warpgroup.index, WgmmaConfig.WARPGROUP, warpgroup.thread);
    k.forRange(
        index,
        config.tokens(),
        config.warpgroups() * WgmmaConfig.WARPGROUP,
        token -> writeBest(token, warps, line));
  }

  private void writeBest(B32 local, int warps, int line) {
    B32 token = k.add(firstToken, local);
    k.ifThen(
        k.lt(token, tokens),
        () -> {
          B32 address = k.mad(local, BestRow.BYTES, shared);
          BestRow all = BestRow.load(k, k.at(address));
          for (int warp = 1; warp < warps; warp++) {
            BestRow other = BestRow.load(k, k.at(address, warp * line));
            all.offer(k, other.value(), other.row());
          }
          B32 place = k.mad(part, tokens, token);
          k.store(k.at(k.madWide(place, Float.BYTES, values)), all.value());
          k.store(k.at(k.madWide(place, Integer.BYTES, rows)), all.row());
        });
  }
}
