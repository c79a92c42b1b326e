package dev.lathe.passes.rewrite;

import dev.lathe.ir.Op;
import java.util.Optional;

/// One rewrite of a graph. Has no state. The law for those who write rules is docs/add-a-pass.md.
///
/// @param <O> class of the op at which the rule looks; a sealed family or [Op] for many
public interface Rule<O extends Op> {

  /// What it does as an equation: `multiply(silu(x), u)  =>  swiglu(x, u)`.
  String equation();

  /// The class [O].
  Class<O> root();

  /// The rewrite, if the rule fits here. Ops that feed `op` are read through `match` alone.
  Optional<Rewrite> apply(O op, Match match);

  /// Name in statistics: that of the class.
  default String name() {
    return getClass().getSimpleName();
  }
}
