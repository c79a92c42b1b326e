@NullMarked
package dev.lathe.codegen.link;

import org.jspecify.annotations.NullMarked;
