package dev.lathe.tests.architecture.planted.codegen.tile;

import dev.lathe.tests.architecture.planted.codegen.kernel.Kernel;

/// Planted: sees what it must not see.
record TileThatSeesKernels(Kernel seen) {}
