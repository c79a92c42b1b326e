package dev.lathe.ir;

import java.util.List;
import java.util.function.UnaryOperator;

/// What a node computes. Families are sealed, every op is a record, listed in [OpCatalog].
///
/// All arithmetic is float32 inside an op; a result is rounded once, to its dtype. In the shapes of
/// the ops' documentation, `n` stands for any leading dimension (`T` or `R`). A constraint `C1` of
/// an op's documentation has the same label in messages of [TypeInference] and in test names.
///
/// An op that works on the rows of a step knows how the rows belong to sequences: the layout of the
/// batch (query starts, context lengths, block tables, slots) is no operand.
public sealed interface Op
    permits LeafOp, MoveOp, MatrixOp, ElementwiseOp, NormOp, AttentionOp, MoeOp, CustomOp {

  /// Row i of the result depends on row i of each operand whose first dimension is that of the
  /// result, on whole weights, and on nothing else.
  interface RowWise {}

  /// Name in the text form: `rms_norm`.
  default String mnemonic() {
    return OpCatalog.schema(this).mnemonic();
  }

  /// All operands in the order of the record's components.
  default List<Value> operands() {
    return OpCatalog.schema(this).operands(this);
  }

  /// The same op on other operands.
  default Op mapOperands(UnaryOperator<Value> replacement) {
    return OpCatalog.schema(this).mapOperands(this, replacement);
  }
}
