package dev.lathe.codegen.ptx.sim;

/// Two accesses to the same byte that nothing puts in an order, of which one is a write.
final class Race extends IllegalStateException {
  private static final long serialVersionUID = 1;

  Race(String sentence) {
    super(sentence);
  }
}
