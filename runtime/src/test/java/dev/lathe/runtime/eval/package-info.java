@NullMarked
package dev.lathe.runtime.eval;

import org.jspecify.annotations.NullMarked;
