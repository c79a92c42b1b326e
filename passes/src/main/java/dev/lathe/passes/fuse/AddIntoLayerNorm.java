package dev.lathe.passes.fuse;

import dev.lathe.ir.ElementwiseOp.Add;
import dev.lathe.ir.NormOp.AddLayerNorm;
import dev.lathe.ir.NormOp.LayerNorm;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Rewrite;
import dev.lathe.passes.rewrite.Rule;
import java.util.List;
import java.util.Optional;

/// Adds while the row is read for its norm. The sum keeps its other users.
public final class AddIntoLayerNorm implements Rule<LayerNorm> {

  @Override
  public String equation() {
    return "s = add(x, r); layer_norm(s, w)  =>  s, out = add_layer_norm(x, r, w)";
  }

  @Override
  public Class<LayerNorm> root() {
    return LayerNorm.class;
  }

  @Override
  public Optional<Rewrite> apply(LayerNorm norm, Match match) {
    return match.shared(norm.in(), Add.class).map(add -> rewrite(add, norm, match));
  }

  private static Rewrite rewrite(Add add, LayerNorm norm, Match match) {
    AddLayerNorm fused =
        new AddLayerNorm(add.right(), add.left(), norm.weight(), norm.bias(), norm.epsilon());
    return match.replace(List.of(norm.in(), match.result()), fused);
  }
}
