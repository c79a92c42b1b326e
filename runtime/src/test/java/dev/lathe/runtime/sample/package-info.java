@NullMarked
package dev.lathe.runtime.sample;

import org.jspecify.annotations.NullMarked;
