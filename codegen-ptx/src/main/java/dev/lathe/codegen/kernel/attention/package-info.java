/// Kernels of paged attention: one query row a sequence (`DecodeAttentionBody`, with
/// `SplitMergeBody` where splits share a sequence), ragged batches (`TileAttentionBody`), and any
/// type or head size (`SimtAttentionBody`). `PagedKeys` and `Sequences` find where things lie.
@NullMarked
package dev.lathe.codegen.kernel.attention;

import org.jspecify.annotations.NullMarked;
