package dev.lathe.tests.architecture.planted.runtime.cuda;

/// Planted: something to depend on.
public record Driver() {}
