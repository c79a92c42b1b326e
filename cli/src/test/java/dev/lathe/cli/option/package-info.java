@NullMarked
package dev.lathe.cli.option;

import org.jspecify.annotations.NullMarked;
