/// Bookkeeping of the KV cache: which blocks are free, and which hold which tokens of a sequence.
///
/// Pure arithmetic over block numbers: knows neither devices nor requests. The invariant is that a
/// block has at most one owner. Reading order: [dev.lathe.runtime.kv.BlockPool],
/// [dev.lathe.runtime.kv.BlockTable].
@NullMarked
package dev.lathe.runtime.kv;

import org.jspecify.annotations.NullMarked;
