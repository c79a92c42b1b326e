/// A simulator of one GPU block, or one cluster, at a time, for tests: runs the instruction records
/// of a kernel on the CPU, warp by warp in lockstep, a warp until it waits for another one.
///
/// It is stricter than a GPU. These end a run with an error that names the instruction: accesses
/// outside of an allocation or not aligned, reads of shared memory that nobody wrote, shuffles and
/// barriers in divergent code, deadlocks, races: accesses that no barrier puts in an order, be they
/// of warps to shared memory or of blocks to global memory. Asynchronous copies land when they are
/// waited for, no sooner, and warps run one after another between barriers, in either order, so
/// that a missing wait or barrier shows. A kernel that starts before its predecessors are done must
/// not touch what they write before it has waited for them.
///
/// Not simulated: caches, time.
@NullMarked
package dev.lathe.codegen.ptx.sim;

import org.jspecify.annotations.NullMarked;
