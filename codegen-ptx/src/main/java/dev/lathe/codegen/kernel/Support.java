package dev.lathe.codegen.kernel;

import java.util.Optional;
import java.util.function.Function;

/// A template's answer to a step.
///
/// @param <P> the template's problem
public sealed interface Support<P extends Record> {

  /// It can, and this is the problem.
  record Yes<P extends Record>(P problem) implements Support<P> {}

  /// It cannot, for this reason: `head size 80 is no multiple of 16`.
  record No<P extends Record>(String reason) implements Support<P> {}

  /// The same answer for the problem that a function makes of this one.
  default <Q extends Record> Support<Q> map(Function<P, Q> function) {
    return switch (this) {
      case Yes<P>(P problem) -> yes(function.apply(problem));
      case No<P>(String reason) -> no(reason);
    };
  }

  /// This answer, unless there is an obstacle to the problem: then that is the reason why not.
  default Support<P> unless(Function<P, Optional<String>> obstacle) {
    return switch (this) {
      case Yes<P>(P problem) -> obstacle.apply(problem).map(Support::<P>no).orElse(this);
      case No<P> no -> no;
    };
  }

  static <P extends Record> Support<P> yes(P problem) {
    return new Yes<>(problem);
  }

  static <P extends Record> Support<P> no(String reason) {
    return new No<>(reason);
  }
}
