package dev.lathe.codegen.kernel;

/// A template's answer to a step.
///
/// @param <P> the template's problem
public sealed interface Support<P extends Record> {

  /// It can, and this is the problem.
  record Yes<P extends Record>(P problem) implements Support<P> {}

  /// It cannot, for this reason: `head size 80 is no multiple of 16`.
  record No<P extends Record>(String reason) implements Support<P> {}

  static <P extends Record> Support<P> yes(P problem) {
    return new Yes<>(problem);
  }

  static <P extends Record> Support<P> no(String reason) {
    return new No<>(reason);
  }
}
