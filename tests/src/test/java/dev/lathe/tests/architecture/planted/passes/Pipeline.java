package dev.lathe.tests.architecture.planted.passes;

/// Planted: something to depend on.
public record Pipeline() {}
