package dev.lathe.tests.architecture.planted.runtime.schedule;

import dev.lathe.tests.architecture.planted.runtime.cuda.Driver;

/// Planted: sees what it must not see.
record SchedulerThatSeesDriver(Driver seen) {}
