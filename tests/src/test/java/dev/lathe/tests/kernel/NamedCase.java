package dev.lathe.tests.kernel;

import java.util.function.Supplier;

/// A case that is made when it is its turn.
///
/// @param name unique in its family
record NamedCase(String name, Supplier<StepCase> make) {}
