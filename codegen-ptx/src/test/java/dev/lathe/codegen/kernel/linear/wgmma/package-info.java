@NullMarked
package dev.lathe.codegen.kernel.linear.wgmma;

import org.jspecify.annotations.NullMarked;
