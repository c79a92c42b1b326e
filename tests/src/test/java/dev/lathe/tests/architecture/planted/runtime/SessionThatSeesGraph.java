package dev.lathe.tests.architecture.planted.runtime;

import dev.lathe.tests.architecture.planted.ir.Graph;

/// Planted: sees what it must not see.
record SessionThatSeesGraph(Graph seen) {}
