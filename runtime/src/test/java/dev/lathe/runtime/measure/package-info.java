/// Tests of measurements: on the CPU, and of the arithmetic by itself.
@NullMarked
package dev.lathe.runtime.measure;

import org.jspecify.annotations.NullMarked;
