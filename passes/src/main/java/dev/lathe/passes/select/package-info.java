/// Choice of kernels: the port through which a compiler asks for them.
///
/// `passes` must not know PTX or a GPU. It states what it needs as
/// [dev.lathe.passes.select.KernelCatalog]; `codegen-ptx` implements it.
@NullMarked
package dev.lathe.passes.select;

import org.jspecify.annotations.NullMarked;
