package dev.lathe.tests.architecture.planted.engine;

import dev.lathe.tests.architecture.planted.runtime.cuda.Driver;

/// Planted: sees what it must not see.
record EngineThatSeesRuntime(Driver seen) {}
