/// The linear kernel of Hopper: `wgmma` on tiles that the tensor memory accelerator brings.
///
/// [dev.lathe.codegen.kernel.linear.wgmma.WgmmaLinear] is the template,
/// [dev.lathe.codegen.kernel.linear.wgmma.WgmmaConfig] what is tuned,
/// [dev.lathe.codegen.kernel.linear.wgmma.WgmmaSpace] and
/// [dev.lathe.codegen.kernel.linear.wgmma.WgmmaEstimate] which configurations there are and what
/// they are expected to take. [dev.lathe.codegen.kernel.linear.wgmma.WgmmaBody] emits: a producer
/// fills a [dev.lathe.codegen.kernel.linear.wgmma.StageRing], consumers multiply, and
/// [dev.lathe.codegen.kernel.linear.wgmma.StagedSums] takes the sums to memory.
@NullMarked
package dev.lathe.codegen.kernel.linear.wgmma;

import org.jspecify.annotations.NullMarked;
