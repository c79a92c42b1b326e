package dev.lathe.tests.architecture.planted.passes;

import dev.lathe.tests.architecture.planted.codegen.kernel.Kernel;

/// Planted: sees what it must not see.
record RuleThatSeesKernels(Kernel seen) {}
