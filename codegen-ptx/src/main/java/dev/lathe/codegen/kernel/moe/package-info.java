/// Kernels of mixtures of experts: choosing experts, sorting rows by expert, products of each
/// expert with its own rows, and summing what the experts of a row yield.
///
/// Rows of an expert lie together, from `starts[e]` on. How many there are is known on the device
/// alone: grids are for the most tiles that there can be, and
/// [dev.lathe.codegen.kernel.moe.GroupTiles] tells a block which tile is its own.
///
/// The product on Hopper's tensor cores is in `dev.lathe.codegen.kernel.linear.wgmma`.
///
/// Invariant: equal input gives equal output; no sum depends on the order of atomics.
@NullMarked
package dev.lathe.codegen.kernel.moe;

import org.jspecify.annotations.NullMarked;
