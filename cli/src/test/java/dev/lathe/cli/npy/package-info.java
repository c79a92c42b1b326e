@NullMarked
package dev.lathe.cli.npy;

import org.jspecify.annotations.NullMarked;
