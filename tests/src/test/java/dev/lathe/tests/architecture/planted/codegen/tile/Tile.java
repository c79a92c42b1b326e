package dev.lathe.tests.architecture.planted.codegen.tile;

/// Planted: something to depend on.
public record Tile() {}
