package dev.lathe.codegen.epilogue;

import dev.lathe.codegen.epilogue.Epilogue.Acc;
import dev.lathe.codegen.epilogue.Epilogue.Binary;
import dev.lathe.codegen.epilogue.Epilogue.Cast;
import dev.lathe.codegen.epilogue.Epilogue.GluInterleaved;
import dev.lathe.codegen.epilogue.Epilogue.RowVec;
import dev.lathe.codegen.epilogue.Epilogue.Store;
import dev.lathe.codegen.epilogue.Epilogue.Tile;
import dev.lathe.codegen.epilogue.Epilogue.Unary;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.tile.FloatFormat;
import dev.lathe.codegen.tile.UnaryFunctions;
import dev.lathe.engine.v1.StepOp.BinaryKind;
import dev.lathe.engine.v1.StepOp.UnaryKind;
import java.util.ArrayList;
import java.util.List;

/// Emits the value of an [Epilogue] for some sums at once, in registers, wherever its operands come
/// from.
public final class EpilogueValue {
  private final KernelBuilder k;
  private final Operands operands;

  /// Where the operands of a tree come from, for the sums that are computed at once.
  public interface Operands {

    /// A value for each sum.
    ///
    /// @param ofUps true for the rows of the sums that others gate
    List<F32> rows(RowVec vector, boolean ofUps);

    /// A value for each result.
    List<F32> elements(Tile tile);
  }

  public EpilogueValue(KernelBuilder k, Operands operands) {
    this.k = k;
    this.operands = operands;
  }

  /// The value for each of the sums.
  ///
  /// @param node without a [Store]
  /// @param ups what the sums gate, as many; the sums themselves if the tree does not gate
  public List<F32> of(Epilogue node, List<F32> sums, List<F32> ups) {
    return of(node, sums, ups, false);
  }

  private List<F32> of(Epilogue node, List<F32> sums, List<F32> ups, boolean ofUps) {
    return switch (node) {
      case Acc _ -> sums;
      case RowVec vector -> operands.rows(vector, ofUps);
      case Tile tile -> operands.elements(tile);
      case Unary(UnaryKind kind, float parameter, Epilogue value) ->
          unary(kind, parameter, of(value, sums, ups, ofUps));
      case Binary(BinaryKind kind, Epilogue left, Epilogue right) ->
          binary(kind, of(left, sums, ups, ofUps), of(right, sums, ups, ofUps));
      case GluInterleaved(UnaryKind kind, Epilogue value) -> {
        List<F32> gates = of(value, sums, sums, false);
        List<F32> gated = of(value, ups, ups, true);
        yield binary(BinaryKind.MULTIPLY, unary(kind, 0, gates), gated);
      }
      case Cast(FloatFormat format, Epilogue value) ->
          of(value, sums, ups, ofUps).stream().map(x -> format.round(k, x)).toList();
      case Store store ->
          throw new IllegalStateException("a store inside of an epilogue: " + store);
    };
  }

  private List<F32> unary(UnaryKind kind, float parameter, List<F32> values) {
    return values.stream().map(x -> UnaryFunctions.apply(k, kind, parameter, x)).toList();
  }

  private List<F32> binary(BinaryKind kind, List<F32> left, List<F32> right) {
    List<F32> results = new ArrayList<>();
    for (int i = 0; i < left.size(); i++) {
      results.add(
          switch (kind) {
            case ADD -> k.add(left.get(i), right.get(i));
            case MULTIPLY -> k.mul(left.get(i), right.get(i));
          });
    }
    return results;
  }
}
