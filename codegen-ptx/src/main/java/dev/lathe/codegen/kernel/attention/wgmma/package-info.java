/// Paged attention for ragged batches on Hopper: warpgroups multiply tiles that the tensor memory
/// accelerator brings. Knows nothing of other attention kernels but how a batch is described.
///
/// To read in this order: `WgmmaAttention` (template), `QueryTile` and `HeadPanels` (what lies
/// where), `WorkItem`, `WgmmaAttentionBody` (roles), `WorkScheduler`, `QueryKeyLoader` and
/// `ValueLoader`, `TileConsumer`, `TileProducts`, `ScoreRows`, `WeightedSums`, `ResultRows`.
@NullMarked
package dev.lathe.codegen.kernel.attention.wgmma;

import org.jspecify.annotations.NullMarked;
