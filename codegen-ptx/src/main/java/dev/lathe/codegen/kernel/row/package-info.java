/// Kernels that work on rows one by one: copies, norms, functions of elements. All are bound by the
/// bytes they move.
@NullMarked
package dev.lathe.codegen.kernel.row;

import org.jspecify.annotations.NullMarked;
