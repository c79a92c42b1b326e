/// User-visible errors: what went wrong, where, what to do, and the exit code it maps to.
///
/// A user's mistake or a damaged file is a [dev.lathe.engine.error.LatheException]; a bug of ours
/// is an `IllegalStateException`.
@NullMarked
package dev.lathe.engine.error;

import org.jspecify.annotations.NullMarked;
