/// Tests of what kernel templates are told.
@NullMarked
package dev.lathe.passes.select;

import org.jspecify.annotations.NullMarked;
