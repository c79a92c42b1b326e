@NullMarked
package dev.lathe.runtime.schedule;

import org.jspecify.annotations.NullMarked;
