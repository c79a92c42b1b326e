/// Kernels that work on rows one by one: copies (`RowCopyTemplate`), norms (`NormTemplate`),
/// functions of elements (`ElementTemplate`). Each is one body and one template class, of which
/// there is a template for each op. All are bound by the bytes they move.
@NullMarked
package dev.lathe.codegen.kernel.row;

import org.jspecify.annotations.NullMarked;
