/// Manual pages and completion scripts, made from the same declarations as `--help`.
@NullMarked
package dev.lathe.cli.help;

import org.jspecify.annotations.NullMarked;
