package dev.lathe.tests.architecture.planted.passes;

/// Planted: the port that the rule below implements.
interface Rule {
  int rewrite();
}
