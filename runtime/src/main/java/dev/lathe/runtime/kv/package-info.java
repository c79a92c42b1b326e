/// Bookkeeping of the KV cache: which blocks are free, which hold which tokens of a sequence, and
/// which of them others can share.
///
/// Pure arithmetic over block numbers: knows neither devices nor requests. The invariant is that a
/// block is written by one sequence only, until it is full; then it may have many holders, who read
/// it. Reading order: [dev.lathe.runtime.kv.BlockPool], [dev.lathe.runtime.kv.BlockTable],
/// [dev.lathe.runtime.kv.PrefixCache].
@NullMarked
package dev.lathe.runtime.kv;

import org.jspecify.annotations.NullMarked;
