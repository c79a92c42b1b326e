/// L3: what happens to sums of products on their way to memory, as an expression tree.
///
/// [dev.lathe.codegen.epilogue.Epilogue] says what is computed; it is a value, printed and compared
/// like any record. [dev.lathe.codegen.epilogue.EpilogueEmitter] emits it for the sums that a
/// thread holds, wherever a kernel keeps them: it declares the parameters that the tree names, and
/// loads, computes, rounds and stores.
///
/// Knows nothing of how the sums came to be.
@NullMarked
package dev.lathe.codegen.epilogue;

import org.jspecify.annotations.NullMarked;
