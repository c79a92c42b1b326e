/// What a session has done: counters that any thread may read while it runs.
@NullMarked
package dev.lathe.runtime.metrics;

import org.jspecify.annotations.NullMarked;
