/// The whole line, as a user types it: commands run inside the test where that suffices, as
/// processes where signals, exit codes or a shell matter.
@NullMarked
package dev.lathe.tests.cli;

import org.jspecify.annotations.NullMarked;
