@NullMarked
package dev.lathe.cli.build;

import org.jspecify.annotations.NullMarked;
