@NullMarked
package dev.lathe.cli.inspect;

import org.jspecify.annotations.NullMarked;
