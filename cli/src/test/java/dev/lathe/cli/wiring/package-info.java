/// Tests.
@NullMarked
package dev.lathe.cli.wiring;

import org.jspecify.annotations.NullMarked;
