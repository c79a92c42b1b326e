package dev.lathe.tests.architecture.planted.ir;

import dev.lathe.tests.architecture.planted.codegen.kernel.Kernel;

/// Planted: sees what it must not see.
record GraphThatSeesKernels(Kernel seen) {}
