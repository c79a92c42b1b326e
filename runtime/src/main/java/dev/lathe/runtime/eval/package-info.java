/// How good an engine's answers are.
@NullMarked
package dev.lathe.runtime.eval;

import org.jspecify.annotations.NullMarked;
