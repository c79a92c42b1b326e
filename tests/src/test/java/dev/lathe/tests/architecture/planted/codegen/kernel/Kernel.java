package dev.lathe.tests.architecture.planted.codegen.kernel;

/// Planted: something to depend on.
public record Kernel() {}
