/// How a command talks: streams, log levels, progress, errors, exit codes.
///
/// Results go to standard output; progress, notes and errors to standard error. Nothing here knows
/// a model, an engine or an option's meaning. Reading order: Console, Log, Failure.
@NullMarked
package dev.lathe.cli.console;

import org.jspecify.annotations.NullMarked;
