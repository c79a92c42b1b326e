package dev.lathe.tests.architecture.planted.passes;

/// Planted: counts its calls.
final class PassWithMemory implements Pass {
  private int calls;

  @Override
  public int run() {
    return ++calls;
  }
}
