@NullMarked
package dev.lathe.frontend;

import org.jspecify.annotations.NullMarked;
