/// L2: what kernels of every family need, in pieces larger than an instruction.
///
/// * registers: [dev.lathe.codegen.tile.FloatFormat] (memory formats to float32 and back),
///   [dev.lathe.codegen.tile.MmaFragment], [dev.lathe.codegen.tile.WgmmaFragment] (which thread
///   holds which element)
/// * shared memory: [dev.lathe.codegen.tile.Swizzle], [dev.lathe.codegen.tile.SharedTile] (matrix
///   operands), [dev.lathe.codegen.tile.TileCopy] (global to shared)
/// * whole blocks: [dev.lathe.codegen.tile.BlockReduction], [dev.lathe.codegen.tile.BlockScan],
///   [dev.lathe.codegen.tile.StridedVectors] (a row over the threads of a block)
///
/// Everything here emits through a KernelBuilder and knows nothing of steps or templates. What can
/// be computed on the CPU (layouts, swizzles) is a plain function, tested there.
@NullMarked
package dev.lathe.codegen.tile;

import org.jspecify.annotations.NullMarked;
