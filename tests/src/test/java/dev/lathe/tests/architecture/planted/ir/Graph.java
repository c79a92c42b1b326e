package dev.lathe.tests.architecture.planted.ir;

/// Planted: something to depend on.
public record Graph() {}
