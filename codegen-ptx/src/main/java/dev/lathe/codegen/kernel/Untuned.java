package dev.lathe.codegen.kernel;

/// The configuration of a template that has nothing to tune.
public record Untuned() {}
