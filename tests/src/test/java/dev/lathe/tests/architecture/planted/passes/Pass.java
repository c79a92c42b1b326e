package dev.lathe.tests.architecture.planted.passes;

/// Planted: the port that the pass below implements.
interface Pass {
  int run();
}
