/// What the compiler made, for people: pictures of graphs, tables of plans and of memory, and an
/// account of a forward pass in words.
///
/// Everything here is text from values of the other packages; nothing depends on it.
@NullMarked
package dev.lathe.passes.explain;

import org.jspecify.annotations.NullMarked;
