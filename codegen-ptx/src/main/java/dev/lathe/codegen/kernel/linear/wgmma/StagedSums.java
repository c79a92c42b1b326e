package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.epilogue.EpilogueEmitter;
import dev.lathe.codegen.epilogue.EpilogueEmitter.Run;
import dev.lathe.codegen.kernel.linear.LinearProblem;
import dev.lathe.codegen.kernel.linear.wgmma.TileWalk.Place;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Pred;
import dev.lathe.codegen.tile.WgmmaFragment;
import java.util.ArrayList;
import java.util.List;

/// Takes the sums of a tile through shared memory, where they lie token by token, to memory: each
/// thread then has neighbouring columns of one token, which it loads, computes and stores together.
///
/// A warpgroup does so with its own rows, some tokens at a time. With splits of k, all tokens are
/// there at once, and each block of the cluster adds up its share of them, over the blocks in the
/// order of their ranks.
final class StagedSums implements Consumer.Output {
  /// Rounds of a thread that are emitted one by one; more become a loop.
  private static final int MAX_UNROLLED = 8;

  private final KernelBuilder k;
  private final LinearProblem problem;
  private final WgmmaConfig config;
  private final EpilogueEmitter epilogue;
  private final B32 tokens;
  private final B32 warpgroup;
  private final WarpgroupBarrier barrier;
  private final B32 thread;
  private final B32 sums;
  private final B32 fragment;
  private final int run;
  private final int columns;

  /// @param tokens T
  /// @param warpgroup of this thread
  /// @param sharedSums where the sums of the warpgroups lie, one behind the other
  StagedSums(
      KernelBuilder k,
      LinearProblem problem,
      WgmmaConfig config,
      EpilogueEmitter epilogue,
      B32 tokens,
      B32 warpgroup,
      B32 sharedSums) {
    this.k = k;
    this.problem = problem;
    this.config = config;
    this.epilogue = epilogue;
    this.tokens = tokens;
    this.warpgroup = warpgroup;
    this.barrier = new WarpgroupBarrier(k, config, k.eq(warpgroup, 0));
    this.thread = k.and(k.threadIndex(), WgmmaConfig.WARPGROUP - 1);
    this.sums = k.mad(warpgroup, config.sumBytes(), sharedSums);
    this.fragment = fragmentAddress();
    this.run = epilogue.widestRun();
    this.columns = config.rows() / config.warpgroups() / (epilogue.gated() ? 2 : 1);
  }

  /// Where this thread's first sum goes: its row, its first token. See [WgmmaFragment].
  private B32 fragmentAddress() {
    B32 lane = k.and(thread, 31);
    B32 row = k.mad(k.shr(thread, 5), 16, k.shr(lane, 2));
    B32 token = k.mul(k.and(lane, 3), 2);
    return k.mad(k.mad(token, config.sumPitch(), row), Float.BYTES, sums);
  }

  @Override
  public void emit(StageRing.Cursor cursor, Place place, List<List<F32>> accumulators) {
    k.comment("sums to memory: " + config.chunkTokens() + " tokens at a time");
    for (int first = 0; first < config.tokens(); first += config.chunkTokens()) {
      awaitFree();
      put(accumulators, first);
      awaitSums();
      B32 token = k.add(place.token(), first);
      eachRun(place.row(), token);
    }
  }

  /// What was in shared memory is no longer needed.
  private void awaitFree() {
    if (config.sumsReuseStages()) {
      k.barrier(1, config.warpgroups() * WgmmaConfig.WARPGROUP);
    } else {
      barrier.await();
    }
  }

  private void awaitSums() {
    if (config.splits() > 1) {
      k.clusterArrive();
      k.clusterWait();
    } else {
      barrier.await();
    }
  }

  /// Stores this thread's sums of a chunk.
  private void put(List<List<F32>> accumulators, int firstToken) {
    int firstRegister = firstToken / 2;
    for (int block = 0; block < accumulators.size(); block++) {
      for (int i = 0; i < config.chunkTokens() / 2; i++) {
        int row = WgmmaFragment.row(0, i) + block * WgmmaConfig.WGMMA_ROWS;
        int word = WgmmaFragment.column(0, i) * config.sumPitch() + row;
        F32 sum = accumulators.get(block).get(firstRegister + i);
        k.store(k.at(fragment, word * Float.BYTES), sum);
      }
    }
  }

  /// The runs of a chunk, dealt out to the threads; a block of a cluster has each `splits`-th
  /// token.
  private void eachRun(B32 firstRow, B32 firstToken) {
    int runsOfToken = columns / run;
    int runs = config.chunkTokens() / config.splits() * runsOfToken;
    int rounds = Math.ceilDiv(runs, WgmmaConfig.WARPGROUP);
    if (rounds > MAX_UNROLLED) {
      k.forRange(
          thread, runs, WgmmaConfig.WARPGROUP, i -> storeRun(i, runsOfToken, firstRow, firstToken));
      return;
    }
    for (int round = 0; round < rounds; round++) {
      B32 i = k.add(thread, round * WgmmaConfig.WARPGROUP);
      if ((round + 1) * WgmmaConfig.WARPGROUP > runs) {
        k.ifThen(k.lt(i, runs), () -> storeRun(i, runsOfToken, firstRow, firstToken));
      } else {
        storeRun(i, runsOfToken, firstRow, firstToken);
      }
    }
  }

  private void storeRun(B32 index, int runsOfToken, B32 firstRow, B32 firstToken) {
    B32 share = k.div(index, runsOfToken);
    B32 local = config.splits() == 1 ? share : k.mad(share, config.splits(), k.clusterRank());
    B32 localColumn = k.mul(k.rem(index, runsOfToken), run);
    B32 localRow =
        epilogue.gated() ? k.mad(k.shr(localColumn, 3), 16, k.and(localColumn, 7)) : localColumn;
    B32 row = k.add(k.mad(warpgroup, config.rows() / config.warpgroups(), firstRow), localRow);
    B32 column =
        k.add(
            k.mad(warpgroup, columns, epilogue.gated() ? k.shr(firstRow, 1) : firstRow),
            localColumn);
    B32 token = k.add(firstToken, local);
    Pred inside = k.and(k.lt(token, tokens), k.lt(column, problem.outColumns()));
    B32 address = k.mad(k.mad(local, config.sumPitch(), localRow), Float.BYTES, sums);
    k.ifThen(
        inside,
        () -> {
          Run values = new Run(totals(address), row);
          Run ups =
              epilogue.gated()
                  ? new Run(totals(k.add(address, 8 * Float.BYTES)), k.add(row, 8))
                  : values;
          epilogue.storeRun(token, column, values, ups);
        });
  }

  /// Sums of neighbouring rows, added up over the blocks of the cluster.
  private List<F32> totals(B32 address) {
    if (config.splits() == 1) {
      return load(address, false);
    }
    List<F32> totals = load(k.inBlock(address, k.constant(0)), true);
    for (int rank = 1; rank < config.splits(); rank++) {
      List<F32> more = load(k.inBlock(address, k.constant(rank)), true);
      List<F32> before = totals;
      totals = new ArrayList<>();
      for (int i = 0; i < run; i++) {
        totals.add(k.add(before.get(i), more.get(i)));
      }
    }
    return totals;
  }

  private List<F32> load(B32 address, boolean ofCluster) {
    List<F32> values = new ArrayList<>();
    for (int i = 0; i < run; i += 4) {
      int count = Math.min(run, 4);
      if (!ofCluster) {
        values.addAll(k.loadFloats(k.at(address, i * Float.BYTES), count));
      } else if (count == 1) {
        values.add(k.loadFloatOfCluster(k.at(address)));
      } else {
        values.addAll(k.loadFloatsOfCluster(k.at(address, i * Float.BYTES), count));
      }
    }
    return values;
  }
}
