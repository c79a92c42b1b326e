package dev.lathe.codegen.kernel.attention;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;

/// What a block of decode attention works on: blocks are numbered by (split, KV head and part of
/// its query heads, sequence), the same for all its threads.
///
/// @param split 0 to splits - 1, and the block's rank in its cluster
/// @param firstHead first query head of the block
/// @param heads query heads of the block
/// @param begin first key that is seen
/// @param context behind the last key
/// @param firstTile key that starts the first tile, a multiple of the tile
/// @param tiles of keys, of all splits together; 0 if there are no keys
record DecodeWork(
    B32 sequence,
    B32 split,
    B32 kvHead,
    B32 firstHead,
    B32 heads,
    B32 begin,
    B32 context,
    B32 firstTile,
    B32 tiles) {

  static DecodeWork find(KernelBuilder k, DecodeProblem problem, AttentionParameters parameters) {
    AttentionProblem attention = problem.attention();
    B32 sequence = k.blockZ();
    B32 context = parameters.context(k, sequence);
    int group = attention.heads().group();
    B32 kvHead = k.div(k.blockY(), problem.headBlocks());
    B32 firstInGroup = k.mul(k.rem(k.blockY(), problem.headBlocks()), problem.headsPerBlock());
    B32 heads = k.min(k.sub(k.constant(group), firstInGroup), problem.headsPerBlock());
    B32 begin =
        attention.window() == 0
            ? k.constant(0)
            : k.max(k.sub(context, attention.window()), k.constant(0));
    B32 firstTile = k.and(begin, -DecodeProblem.KEYS);
    B32 tiles = k.div(k.add(k.sub(context, firstTile), DecodeProblem.KEYS - 1), DecodeProblem.KEYS);
    return new DecodeWork(
        sequence,
        k.blockX(),
        kvHead,
        k.mad(kvHead, group, firstInGroup),
        heads,
        begin,
        context,
        firstTile,
        tiles);
  }
}
