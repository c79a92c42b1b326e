/// Tests.
@NullMarked
package dev.lathe.passes.tune;

import org.jspecify.annotations.NullMarked;
