/// Where the parts meet: devices, the compiler with its kernels and assembler, the runtime.
///
/// Commands say what they want; the classes here know which modules do it.
@NullMarked
package dev.lathe.cli.wiring;

import org.jspecify.annotations.NullMarked;
