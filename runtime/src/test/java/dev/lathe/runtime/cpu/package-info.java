@NullMarked
package dev.lathe.runtime.cpu;

import org.jspecify.annotations.NullMarked;
