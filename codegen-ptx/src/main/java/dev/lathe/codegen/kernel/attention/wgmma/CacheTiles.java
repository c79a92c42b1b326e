package dev.lathe.codegen.kernel.attention.wgmma;

import dev.lathe.codegen.kernel.attention.AttentionProblem;
import dev.lathe.codegen.kernel.attention.wgmma.HeadPanels.Panel;
import dev.lathe.codegen.kernel.attention.wgmma.TileStorage.Ring;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.Pred;
import java.util.List;

/// Copies tiles of the paged cache to shared memory, by one warp.
///
/// A tile is copied in parts that lie in one page each; lane i knows where part i lies. Parts past
/// the last key that is seen are read from outside of the map: zeros.
final class CacheTiles {
  private final KernelBuilder k;
  private final AttentionProblem problem;
  private final WgmmaAttentionConfig config;
  private final TileStorage storage;
  private final B64 tables;
  private final HeadMaps maps;
  private final int partRows;
  private final B32 lane;
  private final Pred leader;

  /// @param tables `(S, pitch)` block tables
  /// @param maps of keys or of values
  /// @param leader the lane that starts copies
  CacheTiles(
      KernelBuilder k,
      AttentionProblem problem,
      WgmmaAttentionConfig config,
      TileStorage storage,
      B64 tables,
      HeadMaps maps,
      Pred leader) {
    this.k = k;
    this.problem = problem;
    this.config = config;
    this.storage = storage;
    this.tables = tables;
    this.maps = maps;
    this.partRows = partRows(problem, config);
    this.lane = k.laneIndex();
    this.leader = leader;
  }

  /// Rows of one copy: the most that every tile and every page is made of.
  static int partRows(AttentionProblem problem, WgmmaAttentionConfig config) {
    int a = config.keys();
    int b = problem.tokensPerBlock();
    while (b != 0) {
      int rest = a % b;
      a = b;
      b = rest;
    }
    return a;
  }

  private int parts() {
    return config.keys() / partRows;
  }

  /// Row of the cache where a lane's part of a tile begins; a negative one if none of it is seen.
  B32 rows(WorkItem item, B32 tile) {
    B32 key = k.mad(tile, config.keys(), k.mul(lane, partRows));
    B32 page = k.div(key, problem.tokensPerBlock());
    B32 place = k.rem(key, problem.tokensPerBlock());
    Pred seen = k.and(k.lt(lane, parts()), k.lt(key, item.keys().end()));
    B64 table = k.madWide(item.source().sequence(), problem.tablePitch() * Integer.BYTES, tables);
    B32 block = k.constant(0);
    k.when(seen, () -> k.loadTo(block, k.at(k.madWide(page, Integer.BYTES, table))));
    B32 head = k.mad(block, problem.heads().keyValue(), item.source().kvHead());
    B32 row = k.mad(head, problem.tokensPerBlock(), place);
    return k.select(seen, row, k.constant(-partRows));
  }

  /// Copies a tile as soon as there is room; `barrier` tells when it is there.
  void copy(Ring ring, RingPosition position, B32 rows, B32 barrier) {
    k.awaitPhase(k.at(storage.empty(ring, position)), k.xor(position.phase(), 1));
    B32 target = storage.stage(ring, position);
    int bytes = storage.tilePanels().copiedBytes(config.keys());
    k.when(leader, () -> k.arriveExpecting(k.at(barrier), bytes));
    k.forRange(
        0,
        k.constant(parts()),
        1,
        part -> {
          B32 row = k.shuffleFrom(rows, part);
          for (Panel panel : storage.tilePanels().panels()) {
            B32 to = k.mad(part, partRows * panel.rowBytes(), target);
            List<B32> place = List.of(k.constant(panel.column()), row);
            k.when(
                leader,
                () -> k.copyTensor(k.at(to, panel.offset()), maps.of(panel), place, k.at(barrier)));
          }
        });
  }
}
