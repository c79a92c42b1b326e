@NullMarked
package dev.lathe.frontend.checkpoint;

import org.jspecify.annotations.NullMarked;
