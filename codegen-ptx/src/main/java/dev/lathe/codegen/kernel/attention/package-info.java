/// Kernels of paged attention. All take the same `AttentionParameters`; `PagedKeys` and `Sequences`
/// find where things lie.
///
/// * one query row a sequence: `DecodeAttentionBody`, of `DecodeWork` (which keys and heads a block
///   has), `KeyValueRing` (how they come), `DecodeQuery` and `DecodeSums` (what a warp computes),
///   `DecodeMerge` (the warps' sums) and, where splits share a sequence, `SplitMergeBody`
/// * ragged batches: `TileAttentionBody`, of `TileRows`, `KeyValueTiles` and `RunningSoftmax`
/// * any type, head size or page: `SimtAttentionBody`
@NullMarked
package dev.lathe.codegen.kernel.attention;

import org.jspecify.annotations.NullMarked;
