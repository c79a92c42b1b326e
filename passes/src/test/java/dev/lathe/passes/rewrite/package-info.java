/// Tests.
@NullMarked
package dev.lathe.passes.rewrite;

import org.jspecify.annotations.NullMarked;
