@NullMarked
package dev.lathe.codegen.ptx.asm;

import org.jspecify.annotations.NullMarked;
