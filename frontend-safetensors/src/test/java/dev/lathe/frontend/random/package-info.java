@NullMarked
package dev.lathe.frontend.random;

import org.jspecify.annotations.NullMarked;
