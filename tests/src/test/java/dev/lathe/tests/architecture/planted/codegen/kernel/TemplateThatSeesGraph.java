package dev.lathe.tests.architecture.planted.codegen.kernel;

import dev.lathe.tests.architecture.planted.ir.Graph;

/// Planted: sees what it must not see.
record TemplateThatSeesGraph(Graph seen) {}
