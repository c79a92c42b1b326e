/// The commands. The only package that reads the environment, prints, and ends the process.
@NullMarked
package dev.lathe.cli;

import org.jspecify.annotations.NullMarked;
