package dev.lathe.tests.architecture.planted.codegen.kernel;

/// Planted: the port that the template below implements.
interface KernelTemplate {
  int emit();
}
