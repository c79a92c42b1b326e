/// Tests of pages and plots.
@NullMarked
package dev.lathe.cli.plot;

import org.jspecify.annotations.NullMarked;
