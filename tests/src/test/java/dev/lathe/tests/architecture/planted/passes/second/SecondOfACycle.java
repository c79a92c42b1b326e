package dev.lathe.tests.architecture.planted.passes.second;

import dev.lathe.tests.architecture.planted.passes.first.FirstOfACycle;

/// Planted: two packages that see each other.
public record SecondOfACycle(FirstOfACycle other) {}
