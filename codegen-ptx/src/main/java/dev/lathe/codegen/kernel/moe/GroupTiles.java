package dev.lathe.codegen.kernel.moe;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.Pred;
import dev.lathe.codegen.tile.BlockScan;
import dev.lathe.engine.type.SizeExpr;

/// The tiles that the rows of all experts are cut into, expert by expert; the last one of an expert
/// may have fewer rows.
///
/// @param starts address of the first row of each expert, and of the end
/// @param rows of a tile
public record GroupTiles(KernelBuilder k, B64 starts, int experts, int rows) {
  private static final int LANES = 32;

  /// Rows `first` to `end` (exclusive) of an expert; the expert is -1 if there is no such tile.
  public record Tile(B32 expert, B32 first, B32 end) {}

  /// The most tiles that some rows can make.
  ///
  /// @param maxCount most rows
  public static SizeExpr most(SizeExpr count, long maxCount, int experts, int rows) {
    return maxCount <= Math.ceilDiv(maxCount, rows) + experts
        ? count
        : count.ceilDiv(rows).plus(SizeExpr.of(experts));
  }

  /// The tile of a number that all lanes have in common; whole warps.
  public Tile find(B32 number) {
    B32 lane = k.laneIndex();
    B32 before = k.constant(0);
    B32 found = k.constant(0);
    B32 first = k.constant(0);
    B32 end = k.constant(0);
    k.forRange(
        k.constant(0),
        experts,
        LANES,
        firstExpert -> {
          B32 expert = k.add(firstExpert, lane);
          B32 start = k.constant(0);
          B32 stop = k.constant(0);
          B64 address = k.madWide(expert, Integer.BYTES, starts);
          k.when(
              k.lt(expert, experts),
              () -> {
                k.loadTo(start, k.at(address));
                k.loadTo(stop, k.at(address, Integer.BYTES));
              });
          B32 tiles = k.div(k.add(k.sub(stop, start), rows - 1), rows);
          B32 upTo = k.add(before, BlockScan.warpInclusive(k, tiles, lane));
          B32 inExpert = k.sub(number, k.sub(upTo, tiles));
          Pred mine = k.and(k.ge(inExpert, 0), k.lt(number, upTo));
          B32 row = k.mad(inExpert, rows, start);
          k.assign(found, k.or(found, ofOne(mine, k.add(expert, 1))));
          k.assign(first, k.or(first, ofOne(mine, row)));
          k.assign(end, k.or(end, ofOne(mine, k.min(k.add(row, rows), stop))));
          k.assign(before, k.shuffleFrom(upTo, k.constant(LANES - 1)));
        });
    return new Tile(k.sub(found, 1), first, end);
  }

  /// The value of the one lane that has the predicate; 0 if none has.
  private B32 ofOne(Pred mine, B32 value) {
    return k.maxOfLanesU(k.select(mine, value, k.constant(0)));
  }
}
