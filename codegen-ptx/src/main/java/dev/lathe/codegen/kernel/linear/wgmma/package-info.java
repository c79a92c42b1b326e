/// The linear kernel of Hopper: `wgmma` on tiles that the tensor memory accelerator brings.
///
/// Reading order: [dev.lathe.codegen.kernel.linear.wgmma.WgmmaLinear] is the template,
/// [dev.lathe.codegen.kernel.linear.wgmma.WgmmaConfig] what is tuned,
/// [dev.lathe.codegen.kernel.linear.wgmma.WgmmaSpace],
/// [dev.lathe.codegen.kernel.linear.wgmma.WgmmaObstacles] and
/// [dev.lathe.codegen.kernel.linear.wgmma.WgmmaEstimate] which configurations there are, what
/// speaks against others, and what they are expected to take.
/// [dev.lathe.codegen.kernel.linear.wgmma.WgmmaBody] emits: a
/// [dev.lathe.codegen.kernel.linear.wgmma.Producer] fills a
/// [dev.lathe.codegen.kernel.linear.wgmma.StageRing],
/// [dev.lathe.codegen.kernel.linear.wgmma.Consumer]s multiply, all of them each tile or in
/// [dev.lathe.codegen.kernel.linear.wgmma.Turns] each its own, and sums go to memory as runs of
/// neighbours ([dev.lathe.codegen.kernel.linear.wgmma.StagedSums]) or as rounded tiles through the
/// ring ([dev.lathe.codegen.kernel.linear.wgmma.SlotTiles]), or through boxes of their own
/// ([dev.lathe.codegen.kernel.linear.wgmma.OwnBoxes]). Neighbouring blocks can bring a
/// [dev.lathe.codegen.kernel.linear.wgmma.Factor] for one another.
///
/// Of the vocabulary's product a greedy batch needs the greatest result of each token alone:
/// [dev.lathe.codegen.kernel.linear.wgmma.WgmmaArgmax] keeps it in registers
/// ([dev.lathe.codegen.kernel.linear.wgmma.BestRows]) and stores no results.
///
/// Products of experts take the same parts: [dev.lathe.codegen.kernel.linear.wgmma.GroupedBody]
/// walks the tiles of all experts ([dev.lathe.codegen.kernel.linear.wgmma.GroupedWalk]). Where rows
/// are found through an index, another kernel has copied them together, or warps of the producer
/// copy each tile's to the stages ([dev.lathe.codegen.kernel.linear.wgmma.RowGatherer]); then no
/// workspace is needed, and nothing is written twice.
///
/// Invariants: equal input gives equal output, whatever the splits' timing; what the kernels before
/// this one write is touched after `waitForPredecessors` only, weights before.
@NullMarked
package dev.lathe.codegen.kernel.linear.wgmma;

import org.jspecify.annotations.NullMarked;
