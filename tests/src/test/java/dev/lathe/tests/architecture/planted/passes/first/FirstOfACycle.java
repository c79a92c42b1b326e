package dev.lathe.tests.architecture.planted.passes.first;

import dev.lathe.tests.architecture.planted.passes.second.SecondOfACycle;

/// Planted: two packages that see each other.
public record FirstOfACycle(SecondOfACycle other) {}
