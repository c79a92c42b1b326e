package dev.lathe.tests.architecture.planted.codegen.ptx;

import dev.lathe.tests.architecture.planted.codegen.tile.Tile;

/// Planted: sees what it must not see.
record PtxThatSeesTiles(Tile seen) {}
