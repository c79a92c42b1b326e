package dev.lathe.tests.architecture.planted.codegen.kernel;

/// Planted: counts its calls.
final class TemplateWithMemory implements KernelTemplate {
  private int calls;

  @Override
  public int emit() {
    return ++calls;
  }
}
