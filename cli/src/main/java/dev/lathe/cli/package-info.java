/// The commands. The only package that reads the environment, prints, and ends the process.
///
/// [dev.lathe.cli.Main] finds the command, [dev.lathe.cli.CommandRunner] parses its options, runs
/// it and turns what goes wrong into one sentence and an exit code. Each command has a package of
/// its own, which holds its options and its answers; `wiring` puts compiler and runtime together.
@NullMarked
package dev.lathe.cli;

import org.jspecify.annotations.NullMarked;
