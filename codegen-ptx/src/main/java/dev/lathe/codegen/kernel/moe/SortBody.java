package dev.lathe.codegen.kernel.moe;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.asm.SharedRegion;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.Pred;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/// Emits one expert's part of a stable counting sort. A warp has a range of the assignments, reads
/// it twice, 32 at a time and several times 32 under way, and needs no other order than that of
/// lanes, warps and rounds:
///
/// 1. it counts those of lower experts and those of its block's expert;
/// 2. where the expert begins, plus its assignments in ranges before, is where the range's begin.
final class SortBody {
  private static final int LANES = 32;

  private final KernelBuilder k;
  private final int experts;
  private final int topK;
  private final int batch;
  private final int warps;
  private final B64 chosen;
  private final B64 places;
  private final B64 rows;
  private final B64 starts;
  private final B32 count;
  private final B32 lane;
  private final B32 warp;
  private final B32 expert;
  private final SharedRegion counts;

  /// @param batch loads of a thread that are under way at the same time
  SortBody(KernelBuilder k, int experts, int topK, int batch) {
    this.batch = batch;
    this.k = k;
    this.experts = experts;
    this.topK = topK;
    this.warps = k.threads() / LANES;
    this.chosen = k.pointer("experts");
    this.places = k.pointer("places");
    this.rows = k.pointer("rows");
    this.starts = k.pointer("starts");
    this.count = k.size("count");
    this.lane = k.laneIndex();
    this.warp = k.warpIndex();
    this.expert = k.blockX();
    this.counts = k.shared("counts", 2 * LANES * Integer.BYTES, 8);
  }

  void emit() {
    k.comment("assignments of lower experts, and of this one");
    B32 lower = k.constant(0);
    B32 own = k.constant(0);
    eachRound((id, _) -> {
      k.when(k.ltU(id, expert), () -> k.addTo(lower, 1));
      k.when(k.eq(id, expert), () -> k.addTo(own, 1));
    });
    B32 lowerOfRange = sum(lower);
    B32 ownOfRange = sum(own);
    B32 slot = k.mad(warp, 2 * Integer.BYTES, k.addressOf(counts));
    k.ifThen(
        k.eq(lane, 0),
        () -> {
          k.store(k.at(slot), lowerOfRange);
          k.store(k.at(slot, Integer.BYTES), ownOfRange);
        });
    k.blockBarrier();
    B32 lowerOfWarp = k.constant(0);
    B32 ownOfWarp = k.constant(0);
    B32 other = k.mad(lane, 2 * Integer.BYTES, k.addressOf(counts));
    k.when(
        k.lt(lane, warps),
        () -> {
          k.loadTo(lowerOfWarp, k.at(other));
          k.loadTo(ownOfWarp, k.at(other, Integer.BYTES));
        });
    B32 start = sum(lowerOfWarp);
    B32 before = sum(k.select(k.lt(lane, warp), ownOfWarp, k.constant(0)));
    k.ifThen(k.eq(k.threadIndex(), 0), () -> storeStarts(start));

    k.comment("their places");
    B32 next = k.add(start, before);
    B32 lanesBefore = k.sub(k.shl(k.constant(1), lane), 1);
    eachRound((id, index) -> {
      Pred mine = k.eq(id, expert);
      B32 all = k.ballot(mine);
      k.ifThen(k.ne(all, 0), () -> place(mine, all, index, next, lanesBefore));
    });
  }

  /// Stores the places of this expert's assignments among 32, and goes on behind them.
  private void place(Pred mine, B32 all, B32 index, B32 next, B32 lanesBefore) {
    B32 place = k.add(next, k.popCount(k.and(all, lanesBefore)));
    k.ifThen(
        mine,
        () -> {
          k.store(k.at(k.madWide(index, Integer.BYTES, places)), place);
          k.store(k.at(k.madWide(place, Integer.BYTES, rows)), k.div(index, topK));
        });
    k.addTo(next, k.popCount(all));
  }

  private void storeStarts(B32 start) {
    B64 address = k.madWide(expert, Integer.BYTES, starts);
    k.store(k.at(address), start);
    k.when(k.eq(expert, experts - 1), () -> k.store(k.at(address, Integer.BYTES), count));
  }

  /// The 32 assignments of each round of this warp: id, or none at all past the end, and index.
  private void eachRound(BiConsumer<B32, B32> body) {
    B32 rounds = k.div(k.add(count, k.threads() - 1), k.threads());
    B32 range = k.mul(rounds, LANES);
    B32 first = k.mul(warp, range);
    B32 end = k.min(k.add(first, range), count);
    k.forRange(
        first,
        end,
        LANES * batch,
        base -> {
          B32 mine = k.add(base, lane);
          B64 address = k.madWide(mine, Integer.BYTES, chosen);
          List<B32> ids = new ArrayList<>();
          for (int i = 0; i < batch; i++) {
            int round = i * LANES;
            B32 id = k.constant(-1);
            Pred inside = k.lt(mine, k.sub(end, round));
            k.when(inside, () -> k.loadTo(id, k.at(address, round * Integer.BYTES)));
            ids.add(id);
          }
          for (int i = 0; i < batch; i++) {
            body.accept(ids.get(i), k.add(mine, i * LANES));
          }
        });
  }

  private B32 sum(B32 value) {
    B32 total = value;
    for (int mask = LANES / 2; mask > 0; mask /= 2) {
      total = k.add(total, k.shuffleXor(total, mask));
    }
    return total;
  }
}
