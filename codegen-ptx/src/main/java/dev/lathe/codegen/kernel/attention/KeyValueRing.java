package dev.lathe.codegen.kernel.attention;

import static dev.lathe.codegen.kernel.attention.DecodeProblem.KEYS;

import dev.lathe.codegen.kernel.attention.TileChunks.Chunk;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.Operand.Address;
import dev.lathe.codegen.ptx.isa.Pred;
import dev.lathe.codegen.tile.SharedTile;
import java.util.ArrayList;
import java.util.List;

/// Brings keys and values to a warp: tiles of 16 keys in a ring of stages in shared memory, of
/// which this warp alone knows. All stages but the one in use are under way.
///
/// Tiles are dealt out to the warps of all splits in turn, neighbours to different splits. A tile
/// lies within one page, where its keys are contiguous. The newest key of a sequence is always in
/// the last tile: all others can be fetched before the kernel that appends it is done.
final class KeyValueRing {
  private final KernelBuilder k;
  private final AttentionProblem problem;
  private final DecodeAttentionConfig config;
  private final DecodeWork work;
  private final PagedKeys pages;
  private final TileChunks chunks;
  private final int pitch;
  private final B32 start;
  private final B32 base;
  private final B32 firstTile;
  private final B64 laneKeys;
  private final B64 laneValues;

  /// Next tile to start, and its entry of the block table.
  private final B32 nextTile;

  private final B32 nextBlock;

  /// Entry of the block table for the newest key.
  private final B32 newestBlock;

  /// Stages to read from, and to copy to.
  private final B32 readStage;

  private final B32 writeStage;

  /// Policy of L2 for keys and values, which no other block reads.
  private final B64 readOnce;

  KeyValueRing(
      KernelBuilder k,
      AttentionProblem problem,
      DecodeAttentionConfig config,
      AttentionParameters parameters,
      DecodeWork work) {
    this.k = k;
    this.problem = problem;
    this.config = config;
    this.work = work;
    this.pitch = pitchBytes(problem);
    this.pages = new PagedKeys(k, problem, parameters.tables(), work.sequence(), work.kvHead());
    this.chunks = TileChunks.of(k, KEYS, problem.headDim() * 2, pitch);
    this.start = k.addressOf(k.shared("ring", sharedBytes(problem, config), 128));
    this.base = k.mad(k.warpIndex(), warpBytes(), start);
    this.firstTile = k.mad(k.warpIndex(), config.splits(), work.split());
    this.laneKeys = k.madWide(k.laneIndex(), TileChunks.BYTES, parameters.keys());
    this.laneValues = k.madWide(k.laneIndex(), TileChunks.BYTES, parameters.values());
    this.nextTile = k.add(firstTile, early() * config.workers());
    this.nextBlock = k.constant(0);
    this.newestBlock = k.constant(0);
    this.readStage = k.copy(base);
    this.readOnce = k.evictFirst();
    this.writeStage = k.add(base, early() * stageBytes(problem));
  }

  /// Bytes from one key to the next: an odd number of chunks, for the sake of banks.
  static int pitchBytes(AttentionProblem problem) {
    return SharedTile.paddedPitch(problem.headDim());
  }

  /// Shared memory of one stage of a warp: 16 keys, then their values.
  static int stageBytes(AttentionProblem problem) {
    return 2 * KEYS * pitchBytes(problem);
  }

  /// Shared memory of all rings of a block.
  static int sharedBytes(AttentionProblem problem, DecodeAttentionConfig config) {
    return config.warps() * config.stages() * stageBytes(problem);
  }

  /// Bytes from one warp's ring to the next.
  int warpBytes() {
    return config.stages() * stageBytes(problem);
  }

  /// Address of the ring of the first warp.
  B32 start() {
    return start;
  }

  /// Address of the ring of this warp, which may use it otherwise when all tiles have been read.
  B32 base() {
    return base;
  }

  /// First tile of this warp; the next one is as many further as there are warps and splits.
  B32 firstTile() {
    return firstTile;
  }

  /// Tiles that are started at the beginning.
  private int early() {
    return config.stages() - 1;
  }

  /// Starts to copy the first tiles, all but the one with the newest key.
  void fill() {
    B32 newest = k.sub(work.tiles(), 1);
    List<B32> blocks = new ArrayList<>();
    for (int i = 0; i < early(); i++) {
      B32 block = k.constant(0);
      loadBlock(block, k.add(firstTile, i * config.workers()));
      blocks.add(block);
    }
    loadBlock(nextBlock, nextTile);
    loadBlock(newestBlock, newest);
    keepLoadsEarly();
    for (int i = 0; i < early(); i++) {
      if (i > 0) {
        k.commitCopies();
      }
      B32 tile = k.add(firstTile, i * config.workers());
      B32 block = blocks.get(i);
      B32 stage = k.add(base, i * stageBytes(problem));
      k.ifThen(k.lt(tile, newest), () -> copyWhole(tile, block, stage));
    }
  }

  /// Starts to copy the tile with the newest key, if it is among the first ones of this warp.
  void fillNewest() {
    B32 newest = k.sub(work.tiles(), 1);
    B32 distance = k.sub(newest, firstTile);
    B32 turn = k.div(distance, config.workers());
    Pred mine = k.eq(k.rem(distance, config.workers()), 0);
    Pred first = k.and(k.ge(distance, 0), k.lt(turn, early()));
    B32 stage = k.mad(turn, stageBytes(problem), base);
    k.ifThen(k.and(mine, first), () -> copyPartly(newest, newestBlock, stage));
    k.commitCopies();
  }

  /// Waits for a tile, and starts to copy the one that is `stages - 1` turns ahead.
  void await(B32 tile) {
    Pred newest = k.eq(k.add(tile, 1), work.tiles());
    k.ifElse(newest, () -> k.waitCopies(0), () -> k.waitCopies(early() - 1));
    k.warpBarrier();
    k.ifThen(
        k.lt(nextTile, work.tiles()),
        () -> {
          copyPartly(nextTile, nextBlock, writeStage);
          k.addTo(nextTile, config.workers());
          loadBlock(nextBlock, nextTile);
          advance(writeStage);
        });
    keepLoadsEarly();
    k.commitCopies();
  }

  /// Address of the keys of the tile that was awaited last.
  B32 keys() {
    return readStage;
  }

  /// Byte of the first value in a stage.
  int valueOffset() {
    return KEYS * pitch;
  }

  /// Goes on to the next tile: the current one has been read.
  void advance() {
    advance(readStage);
  }

  /// First key of a tile.
  B32 firstKey(B32 tile) {
    return k.mad(tile, KEYS, work.firstTile());
  }

  private void advance(B32 stage) {
    k.addTo(stage, stageBytes(problem));
    Pred wraps = k.eq(stage, k.add(base, warpBytes()));
    k.when(wraps, () -> k.assign(stage, base));
  }

  /// Loads the entry of the block table for a tile, if there is one.
  private void loadBlock(B32 target, B32 tile) {
    Address entry = pages.entry(firstKey(tile));
    Pred exists = k.ltU(tile, work.tiles());
    k.when(exists, () -> k.loadTo(target, entry));
  }

  /// Copies a tile without the newest key.
  private void copyWhole(B32 tile, B32 block, B32 stage) {
    copy(
        firstKey(tile),
        block,
        stage,
        (chunk, to, from) -> k.copyAsyncOfStretch(to, from, readOnce));
  }

  /// Copies a tile; keys past the context become zeros.
  private void copyPartly(B32 tile, B32 block, B32 stage) {
    B32 key = firstKey(tile);
    B32 valid = k.sub(work.context(), key);
    copy(
        key,
        block,
        stage,
        (chunk, to, from) -> {
          Pred inside = k.lt(chunk.row(), k.sub(valid, chunk.rowOffset()));
          k.copyAsyncOfStretch(to, from, k.select(inside, TileChunks.BYTES, 0), readOnce);
        });
  }

  /// Copies one chunk.
  @FunctionalInterface
  private interface ChunkCopy {
    void emit(Chunk chunk, Address to, Address from);
  }

  /// Copies all keys, then all values: memory likes long runs.
  private void copy(B32 key, B32 block, B32 stage, ChunkCopy copy) {
    B64 offset = pages.rowOffset(key, block);
    copyRows(k.add(laneKeys, offset), stage, 0, copy);
    copyRows(k.add(laneValues, offset), stage, valueOffset(), copy);
  }

  private void copyRows(B64 source, B32 stage, int offset, ChunkCopy copy) {
    int from = 0;
    for (Chunk chunk : chunks.chunks()) {
      B32 target = k.add(stage, chunk.target());
      copy.emit(chunk, k.at(target, chunk.targetOffset() + offset), k.at(source, from));
      from += TileChunks.WARP_BYTES;
    }
  }

  /// The assembler moves loads to where their results are used, but not across this.
  private void keepLoadsEarly() {
    k.warpBarrier();
  }
}
