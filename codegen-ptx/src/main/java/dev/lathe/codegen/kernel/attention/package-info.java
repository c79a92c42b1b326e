/// Kernels of paged attention: one query row a sequence (`DecodeAttentionBody`, with
/// `SplitMergeBody` where splits share a sequence), ragged batches (`TileAttentionBody`, with
/// `TileRows`, `KeyValueTiles` and `RunningSoftmax`), and any type or head size
/// (`SimtAttentionBody`). All take the same `AttentionParameters`; `PagedKeys` and `Sequences` find
/// where things lie.
@NullMarked
package dev.lathe.codegen.kernel.attention;

import org.jspecify.annotations.NullMarked;
