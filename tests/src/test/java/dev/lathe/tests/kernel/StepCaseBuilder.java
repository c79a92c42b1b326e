package dev.lathe.tests.kernel;

import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Profile;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Collects the operands of a case.
final class StepCaseBuilder {
  private final String name;
  private final Profile profile;
  private final Sizes sizes;
  private final Map<Ref, StepCase.Bound> operands = new LinkedHashMap<>();
  private final Map<Ref, Tolerance> tolerances = new LinkedHashMap<>();
  private Set<Integer> paddingRows = Set.of();
  private int maxBlocksPerSequence = 1;
  private boolean everyCandidate;

  StepCaseBuilder(String name, Profile profile, Sizes sizes) {
    this.name = name;
    this.profile = profile;
    this.sizes = sizes;
  }

  /// A weight `(rows, columns)`.
  Ref weight(String weight, Operand.Floats value) {
    return put(
        Ref.weight(weight),
        List.of(SizeExpr.of(value.rows()), SizeExpr.of(value.columns())),
        value);
  }

  /// A weight `(columns)`.
  Ref weightVector(String weight, Operand.Floats value) {
    return put(Ref.weight(weight), List.of(SizeExpr.of(value.columns())), value);
  }

  /// A buffer `(rows, columns)`.
  Ref buffer(String buffer, SizeExpr rows, Operand.Floats value) {
    return put(Ref.buffer(buffer), List.of(rows, SizeExpr.of(value.columns())), value);
  }

  /// A weight `(matrices, rows, columns)`.
  ///
  /// @param value a row a matrix
  Ref stacked(String weight, Operand.Floats value, int rows) {
    SizeExpr columns = SizeExpr.of(value.columns() / rows);
    List<SizeExpr> shape = List.of(SizeExpr.of(value.rows()), SizeExpr.of(rows), columns);
    return put(Ref.weight(weight), shape, value);
  }

  /// A buffer of any shape.
  Ref shaped(String buffer, Operand value, SizeExpr... shape) {
    return put(Ref.buffer(buffer), List.of(shape), value);
  }

  /// A vector of the batch.
  Ref vector(String input, SizeExpr elements, Operand value) {
    return put(Ref.buffer(input), List.of(elements), value);
  }

  /// An array of which the plan does not know the length.
  Ref unsized(String input, Operand value) {
    return put(Ref.buffer(input), List.of(), value);
  }

  Ref blockTables(String input, Operand.Ints value) {
    maxBlocksPerSequence = value.columns();
    SizeExpr columns = SizeExpr.of(value.columns());
    return put(Ref.buffer(input), List.of(SizeExpr.SEQUENCES, columns), value);
  }

  Ref cache(String buffer, Operand.Cache value) {
    Operand.CacheShape shape = value.shape();
    return put(
        Ref.buffer(buffer),
        List.of(
            SizeExpr.of(1),
            SizeExpr.of(shape.heads()),
            SizeExpr.of(shape.tokensPerBlock()),
            SizeExpr.of(shape.headDim())),
        value);
  }

  private Ref put(Ref ref, List<SizeExpr> shape, Operand value) {
    operands.put(ref, new StepCase.Bound(shape, value));
    return ref;
  }

  StepCaseBuilder tolerance(Ref ref, Tolerance tolerance) {
    tolerances.put(ref, tolerance);
    return this;
  }

  StepCaseBuilder exact(Ref... refs) {
    for (Ref ref : refs) {
      tolerances.put(ref, Tolerance.EXACT);
    }
    return this;
  }

  StepCaseBuilder paddingRows(Set<Integer> rows) {
    paddingRows = rows;
    return this;
  }

  StepCaseBuilder everyCandidate() {
    everyCandidate = true;
    return this;
  }

  StepCase build(StepOp op) {
    return new StepCase(
        name,
        op,
        operands,
        profile,
        sizes,
        maxBlocksPerSequence,
        tolerances,
        paddingRows,
        everyCandidate);
  }
}
