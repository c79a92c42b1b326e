package dev.lathe.passes.canonical;

import dev.lathe.ir.ElementwiseOp.AddBias;
import dev.lathe.ir.MatrixOp.Linear;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Rewrite;
import dev.lathe.passes.rewrite.Rule;
import java.util.Optional;

/// The bias is added before the product is rounded.
public final class BiasIntoLinear implements Rule<AddBias> {

  @Override
  public String equation() {
    return "add_bias(linear(x, w), b)  =>  linear(x, w, bias = b)";
  }

  @Override
  public Class<AddBias> root() {
    return AddBias.class;
  }

  @Override
  public Optional<Rewrite> apply(AddBias add, Match match) {
    return match
        .only(add.left(), Linear.class)
        .filter(linear -> linear.isPlain() && linear.bias().isEmpty())
        .filter(linear -> linear.result() == linear.in().type().dtype())
        .map(linear -> match.replaceWith(linear.withBias(add.bias())));
  }
}
