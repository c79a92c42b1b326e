/// Tests.
@NullMarked
package dev.lathe.ir.verify;

import org.jspecify.annotations.NullMarked;
