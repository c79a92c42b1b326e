package dev.lathe.passes.fuse;

import dev.lathe.ir.ElementwiseOp.Add;
import dev.lathe.ir.NormOp.AddRmsNorm;
import dev.lathe.ir.NormOp.RmsNorm;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Rewrite;
import dev.lathe.passes.rewrite.Rule;
import java.util.List;
import java.util.Optional;

/// Adds while the row is read for its norm. The sum keeps its other users.
public final class AddIntoRmsNorm implements Rule<RmsNorm> {

  @Override
  public String equation() {
    return "s = add(x, r); rms_norm(s, w)  =>  s, out = add_rms_norm(x, r, w)";
  }

  @Override
  public Class<RmsNorm> root() {
    return RmsNorm.class;
  }

  @Override
  public Optional<Rewrite> apply(RmsNorm norm, Match match) {
    return match
        .shared(norm.in(), Add.class)
        .filter(_ -> norm.isWholeRow())
        .map(add -> rewrite(add, norm, match));
  }

  private static Rewrite rewrite(Add add, RmsNorm norm, Match match) {
    AddRmsNorm fused =
        new AddRmsNorm(add.right(), add.left(), norm.weight(), norm.epsilon(), norm.weightOffset());
    return match.replace(List.of(norm.in(), match.result()), fused);
  }
}
