/// Tests.
@NullMarked
package dev.lathe.passes.canonical;

import org.jspecify.annotations.NullMarked;
