/// Tests.
@NullMarked
package dev.lathe.passes;

import org.jspecify.annotations.NullMarked;
