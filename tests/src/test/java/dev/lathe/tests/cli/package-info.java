/// The whole line, as a user types it: commands run inside the test where that suffices
/// (`CommandRun`), as processes where signals, exit codes or a shell matter (`CommandProcess`).
/// `CommandLine` puts values into a command that is written as one types it.
@NullMarked
package dev.lathe.tests.cli;

import org.jspecify.annotations.NullMarked;
