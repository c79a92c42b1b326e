@NullMarked
package dev.lathe.codegen.ptx.isa;

import org.jspecify.annotations.NullMarked;
