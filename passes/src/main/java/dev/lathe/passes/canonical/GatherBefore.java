package dev.lathe.passes.canonical;

import dev.lathe.ir.Dim;
import dev.lathe.ir.MoveOp.GatherRows;
import dev.lathe.ir.Op;
import dev.lathe.ir.TypeInference;
import dev.lathe.ir.Value;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Rewrite;
import dev.lathe.passes.rewrite.Rule;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Computes only the rows that are asked for. Applied again and again, it takes the logit rows
/// before the head, the last norm and the last MLP: of a long prompt, that layer's MLP sees one
/// row.
public final class GatherBefore implements Rule<GatherRows> {

  @Override
  public String equation() {
    return "gather_rows(f(x, ..), rows)  =>  f(gather_rows(x, rows), ..)    for row-wise f";
  }

  @Override
  public Class<GatherRows> root() {
    return GatherRows.class;
  }

  @Override
  public Optional<Rewrite> apply(GatherRows gather, Match match) {
    return match
        .only(gather.in(), Op.class)
        .filter(op -> op instanceof Op.RowWise && rows(op).allMatch(GatherBefore::isActivation))
        .filter(op -> rows(op).count() > 0 && isSingleResult(gather.in(), op))
        .map(op -> rewrite(gather, op, match));
  }

  private static Stream<Value> rows(Op op) {
    return op.operands().stream().filter(GatherBefore::hasRows);
  }

  private static boolean hasRows(Value operand) {
    return operand.type().rank() > 0 && operand.type().dim(0).equals(Dim.TOKENS);
  }

  private static boolean isActivation(Value operand) {
    return operand.type().rank() == 2 && operand.type().dtype().isFloat();
  }

  private static boolean isSingleResult(Value value, Op op) {
    return List.of(value.type()).equals(TypeInference.infer(op));
  }

  private static Rewrite rewrite(GatherRows gather, Op op, Match match) {
    Rewrite rewrite = match.rewrite();
    String label = match.label(gather.in());
    Op onRows =
        op.mapOperands(operand ->
            hasRows(operand)
                ? rewrite.emit(label + ".rows", new GatherRows(operand, gather.rows()))
                : operand);
    return rewrite.replace(match.result(), rewrite.emit(label, onRows));
  }
}
