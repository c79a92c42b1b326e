package dev.lathe.tests.kernel;

import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Profile;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.passes.select.StepContext;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// A step with operands.
///
/// @param name unique in its family: shapes, options, sizes
/// @param sizes of this batch; at most those of the profile
/// @param tolerances of operands for which that of the dtype does not do
/// @param paddingRows rows of results that belong to no sequence: zeros are expected
/// @param everyCandidate true: all kernels that can do it are checked, not only the one that would
///     be chosen
record StepCase(
    String name,
    StepOp op,
    Map<Ref, Bound> operands,
    Profile profile,
    Sizes sizes,
    int maxBlocksPerSequence,
    Map<Ref, Tolerance> tolerances,
    Set<Integer> paddingRows,
    boolean everyCandidate) {

  /// @param shape as a plan states it; a cache's is that of one block
  record Bound(List<SizeExpr> shape, Operand value) {
    Bound {
      shape = List.copyOf(shape);
    }

    /// `bf16 (T, 512)`.
    @Override
    public String toString() {
      return shape.stream()
          .map(SizeExpr::text)
          .collect(Collectors.joining(", ", value.dtype().text() + " (", ")"));
    }
  }

  Operand value(Ref ref) {
    Bound bound = operands.get(ref);
    if (bound == null) {
      throw new IllegalStateException(name + " has no operand " + ref);
    }
    return bound.value();
  }

  Tolerance tolerance(Ref ref) {
    return tolerances.getOrDefault(ref, Tolerance.of(value(ref).dtype()));
  }

  /// What a catalog of kernels is told.
  StepContext context(String target) {
    Map<Ref, StepContext.Operand> types =
        operands.entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey,
                    entry ->
                        new StepContext.Operand(
                            entry.getValue().value().dtype(), entry.getValue().shape())));
    return new StepContext("step", profile, target, types, maxBlocksPerSequence);
  }

  /// The step, its operands and the batch, for a failure.
  String describe() {
    String types =
        operands.entrySet().stream()
            .map(entry -> entry.getKey() + " " + entry.getValue())
            .sorted()
            .collect(Collectors.joining(", "));
    return "%s%n  operands: %s%n  profile: %s %s up to %s; this batch: %s"
        .formatted(op, types, profile.name(), profile.kind(), profile.max(), sizes);
  }
}
