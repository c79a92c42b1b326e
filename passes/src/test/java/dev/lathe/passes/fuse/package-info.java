/// Tests.
@NullMarked
package dev.lathe.passes.fuse;

import org.jspecify.annotations.NullMarked;
