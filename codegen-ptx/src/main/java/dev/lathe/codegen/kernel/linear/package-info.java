/// Kernels of linear steps: up to 16 tokens at the speed of memory (`StreamLinearBody`, to be read
/// with `StreamLayout`), up to 64 (`SkinnyLinearBody`), many (`TiledLinearBody`), and any type
/// or size (`RowLinearBody`, `SimtLinearBody`). All end in an epilogue.
@NullMarked
package dev.lathe.codegen.kernel.linear;

import org.jspecify.annotations.NullMarked;
