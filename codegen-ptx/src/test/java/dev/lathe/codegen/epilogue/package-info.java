@NullMarked
package dev.lathe.codegen.epilogue;

import org.jspecify.annotations.NullMarked;
