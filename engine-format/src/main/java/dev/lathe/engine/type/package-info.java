/// Element types and symbolic sizes: the vocabulary that every other package speaks.
///
/// Reading order: [dev.lathe.engine.type.DType], [dev.lathe.engine.type.SizeSymbol],
/// [dev.lathe.engine.type.SizeExpr]. Knows nothing of graphs, kernels or files.
@NullMarked
package dev.lathe.engine.type;

import org.jspecify.annotations.NullMarked;
