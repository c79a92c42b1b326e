/// The catalog of kernel templates: the list of what there is, and the choice among it.
///
/// [dev.lathe.codegen.catalog.PtxKernelCatalog] asks every template of
/// [dev.lathe.codegen.catalog.BuiltInTemplates] whether it supports a step, and picks the cheapest
/// configuration. It stands above `kernel` and its families, which do not know one another.
@NullMarked
package dev.lathe.codegen.catalog;

import org.jspecify.annotations.NullMarked;
