package dev.lathe.tests.architecture.planted.runtime.kv;

import dev.lathe.tests.architecture.planted.runtime.cuda.Driver;

/// Planted: sees what it must not see.
record PoolThatSeesDriver(Driver seen) {}
