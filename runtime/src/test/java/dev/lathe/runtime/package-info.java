@NullMarked
package dev.lathe.runtime;

import org.jspecify.annotations.NullMarked;
