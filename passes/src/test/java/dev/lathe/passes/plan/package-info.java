/// Tests.
@NullMarked
package dev.lathe.passes.plan;

import org.jspecify.annotations.NullMarked;
