/// Choice of kernels: the ports through which a compiler asks for them.
///
/// `passes` must not know PTX or a GPU. It states what it needs as
/// [dev.lathe.passes.select.KernelCatalog]; `codegen-ptx` implements it, and shows by
/// [dev.lathe.passes.select.CandidateCatalog] what it chooses among, so that `tune` can choose by
/// measurement instead.
@NullMarked
package dev.lathe.passes.select;

import org.jspecify.annotations.NullMarked;
