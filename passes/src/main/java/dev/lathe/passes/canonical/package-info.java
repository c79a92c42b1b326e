/// Rules that bring a graph into the form that the other rules expect.
@NullMarked
package dev.lathe.passes.canonical;

import org.jspecify.annotations.NullMarked;
