@NullMarked
package dev.lathe.runtime.text;

import org.jspecify.annotations.NullMarked;
