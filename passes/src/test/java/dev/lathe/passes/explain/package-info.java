/// Tests.
@NullMarked
package dev.lathe.passes.explain;

import org.jspecify.annotations.NullMarked;
