@NullMarked
package dev.lathe.runtime.kv;

import org.jspecify.annotations.NullMarked;
