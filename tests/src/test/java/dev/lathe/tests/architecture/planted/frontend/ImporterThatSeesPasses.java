package dev.lathe.tests.architecture.planted.frontend;

import dev.lathe.tests.architecture.planted.passes.Pipeline;

/// Planted: sees what it must not see.
record ImporterThatSeesPasses(Pipeline seen) {}
