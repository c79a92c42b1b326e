package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.epilogue.EpilogueEmitter;
import dev.lathe.codegen.epilogue.EpilogueEmitter.Fetched;
import dev.lathe.codegen.epilogue.EpilogueEmitter.Run;
import dev.lathe.codegen.kernel.linear.LinearProblem;
import dev.lathe.codegen.kernel.linear.wgmma.TileOrder.Place;
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

  /// Accumulators of a thread that leave room for what is added to them.
  private static final int MAX_ACCUMULATORS_BESIDE = 64;

  private final KernelBuilder k;
  private final LinearProblem problem;
  private final WgmmaConfig config;
  private final ResultMemory memory;
  private final EpilogueEmitter epilogue;
  private final B32 tokens;
  private final Warpgroup warpgroup;
  private final B32 sums;
  private final B32 fragment;
  private final int run;
  private final int columns;

  /// @param tokens T
  /// @param sharedSums where the sums of the warpgroups lie, one behind the other
  StagedSums(
      KernelBuilder k,
      LinearProblem problem,
      WgmmaConfig config,
      EpilogueEmitter epilogue,
      B32 tokens,
      Warpgroup warpgroup,
      B32 sharedSums) {
    this.k = k;
    this.problem = problem;
    this.config = config;
    this.memory = config.results();
    this.epilogue = epilogue;
    this.tokens = tokens;
    this.warpgroup = warpgroup;
    this.sums = warpgroup.own(memory.sumBytes(), sharedSums);
    this.fragment = fragmentAddress();
    this.run = epilogue.widestRun();
    this.columns = config.partRows() / (epilogue.gated() ? 2 : 1);
  }

  /// Where this thread's first sum goes: its row, its first token. See [WgmmaFragment].
  private B32 fragmentAddress() {
    B32 lane = k.laneIndex();
    B32 row = k.mad(warpgroup.warp, 16, k.shr(lane, 2));
    B32 token = k.mul(k.and(lane, 3), 2);
    return k.mad(k.mad(token, memory.sumPitch(), row), Float.BYTES, sums);
  }

  @Override
  public void emit(StageRing.Cursor cursor, Place place, List<List<F32>> accumulators) {
    k.comment("sums to memory: " + memory.chunkTokens() + " tokens at a time");
    for (int first = 0; first < config.tokens(); first += memory.chunkTokens()) {
      B32 token = k.add(place.token(), first);
      List<Share> shares = shares(place, token);
      List<Fetched> early = shares.stream().map(this::fetch).toList();
      awaitFree();
      put(accumulators, first);
      awaitSums();
      if (shares.isEmpty()) {
        int runs = runsOfToken();
        k.forRange(
            warpgroup.thread,
            runs(),
            WgmmaConfig.WARPGROUP,
            i -> store(share(i, runs, place, token), Fetched.nothing()));
      }
      store(shares, early);
    }
  }

  /// What was in shared memory is no longer needed.
  private void awaitFree() {
    if (memory.sumsReuseStages()) {
      warpgroup.awaitAll();
    } else {
      warpgroup.await();
    }
  }

  private void awaitSums() {
    if (config.splits() > 1) {
      k.clusterArrive();
      k.clusterWait();
    } else {
      warpgroup.await();
    }
  }

  /// Stores this thread's sums of a chunk.
  private void put(List<List<F32>> accumulators, int firstToken) {
    int firstRegister = firstToken / 2;
    for (int block = 0; block < accumulators.size(); block++) {
      for (int i = 0; i < memory.chunkTokens() / 2; i++) {
        int row = WgmmaFragment.row(0, i) + block * WgmmaConfig.WGMMA_ROWS;
        int word = WgmmaFragment.column(0, i) * memory.sumPitch() + row;
        F32 sum = accumulators.get(block).get(firstRegister + i);
        k.store(k.at(fragment, word * Float.BYTES), sum);
      }
    }
  }

  /// Runs of a token.
  private int runsOfToken() {
    return columns / run;
  }

  /// Runs of a chunk that this block stores; a block of a cluster has each `splits`-th token.
  private int runs() {
    return memory.chunkTokens() / config.splits() * runsOfToken();
  }

  /// A run that this thread stores.
  ///
  /// @param row of the weight where it begins
  /// @param address of its sums
  /// @param inside true if the result has it
  private record Share(B32 row, B32 token, B32 column, B32 address, Pred inside) {}

  /// The runs of a chunk, dealt out to the threads; none if they are too many to be emitted one by
  /// one.
  private List<Share> shares(Place place, B32 firstToken) {
    int rounds = Math.ceilDiv(runs(), WgmmaConfig.WARPGROUP);
    List<Share> shares = new ArrayList<>();
    for (int round = 0; rounds <= MAX_UNROLLED && round < rounds; round++) {
      B32 i = k.add(warpgroup.thread, round * WgmmaConfig.WARPGROUP);
      if ((round + 1) * WgmmaConfig.WARPGROUP <= runs()) {
        shares.add(share(i, runsOfToken(), place, firstToken));
      } else {
        Pred exists = k.lt(i, runs());
        Share share = share(k.min(i, runs() - 1), runsOfToken(), place, firstToken);
        Pred inside = k.and(share.inside, exists);
        shares.add(new Share(share.row, share.token, share.column, share.address, inside));
      }
    }
    return shares;
  }

  private Share share(B32 index, int runsOfToken, Place place, B32 firstToken) {
    B32 firstRow = place.row();
    B32 share = k.div(index, runsOfToken);
    B32 local = config.splits() == 1 ? share : k.mad(share, config.splits(), k.clusterRank());
    B32 localColumn = k.mul(k.rem(index, runsOfToken), run);
    B32 localRow =
        epilogue.gated() ? k.mad(k.shr(localColumn, 3), 16, k.and(localColumn, 7)) : localColumn;
    B32 row = k.add(warpgroup.part(config.partRows(), firstRow), localRow);
    B32 column =
        k.add(
            warpgroup.part(columns, epilogue.gated() ? k.shr(firstRow, 1) : firstRow), localColumn);
    B32 token = k.add(firstToken, local);
    B32 end = place.part().map(TileOrder.Part::end).orElse(tokens);
    Pred inside = k.and(k.lt(token, end), k.lt(column, problem.outColumns()));
    B32 address = k.mad(k.mad(local, memory.sumPitch(), localRow), Float.BYTES, sums);
    return new Share(row, token, column, address, inside);
  }

  /// Loads what is added to the sums, while these are on their way.
  private Fetched fetch(Share share) {
    return hasRoom()
        ? epilogue.fetch(share.token, share.column, run, share.inside)
        : Fetched.nothing();
  }

  /// Whether there are registers beside the accumulators, which stay until their chunk is stored.
  private boolean hasRoom() {
    return config.accumulators() <= MAX_ACCUMULATORS_BESIDE;
  }

  /// Reads the sums of all runs before the first of them is stored, if there is room for them.
  private void store(List<Share> shares, List<Fetched> early) {
    if (!hasRoom()) {
      for (int i = 0; i < shares.size(); i++) {
        store(shares.get(i), early.get(i));
      }
      return;
    }
    List<List<F32>> sums = shares.stream().map(share -> totals(share.address)).toList();
    List<List<F32>> ups =
        shares.stream().map(share -> epilogue.gated() ? upTotals(share) : List.<F32>of()).toList();
    for (int i = 0; i < shares.size(); i++) {
      int round = i;
      k.ifThen(
          shares.get(i).inside,
          () -> store(shares.get(round), sums.get(round), ups.get(round), early.get(round)));
    }
  }

  private void store(Share share, Fetched early) {
    k.ifThen(
        share.inside,
        () -> {
          List<F32> ups = epilogue.gated() ? upTotals(share) : List.of();
          store(share, totals(share.address), ups, early);
        });
  }

  private void store(Share share, List<F32> sums, List<F32> ups, Fetched early) {
    Run values = new Run(sums, share.row);
    Run gated = epilogue.gated() ? new Run(ups, k.add(share.row, 8)) : values;
    epilogue.storeRun(share.token, share.column, values, gated, early);
  }

  private List<F32> upTotals(Share share) {
    return totals(k.add(share.address, 8 * Float.BYTES));
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
