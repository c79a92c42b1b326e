/// The kernel between the merged projection and attention: norms of heads, rotary embedding, and
/// the append to the paged cache. `RopeAppendBody` is put together of `HeadChunks` (which lane
/// holds what), `HeadNorm` and `HeadRotation`.
@NullMarked
package dev.lathe.codegen.kernel.rope;

import org.jspecify.annotations.NullMarked;
