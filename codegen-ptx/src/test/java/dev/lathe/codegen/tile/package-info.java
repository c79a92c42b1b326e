@NullMarked
package dev.lathe.codegen.tile;

import org.jspecify.annotations.NullMarked;
