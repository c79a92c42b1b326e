package dev.lathe.tests.architecture.planted.passes;

/// Planted: counts its calls.
final class RuleWithMemory implements Rule {
  private int calls;

  @Override
  public int rewrite() {
    return ++calls;
  }
}
