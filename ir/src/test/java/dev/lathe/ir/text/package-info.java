/// Tests.
@NullMarked
package dev.lathe.ir.text;

import org.jspecify.annotations.NullMarked;
