/// Kernels of linear steps: few tokens (`SkinnyLinearBody`), many (`TiledLinearBody`), and any type
/// or size (`RowLinearBody`, `SimtLinearBody`). All end in an epilogue.
@NullMarked
package dev.lathe.codegen.kernel.linear;

import org.jspecify.annotations.NullMarked;
