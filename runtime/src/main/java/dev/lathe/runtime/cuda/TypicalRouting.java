package dev.lathe.runtime.cuda;

import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// The experts of rows, where a step is timed: each row takes neighbouring ones, beginning at one
/// that is as good as drawn, so that all have about as many rows.
public final class TypicalRouting {
  private static final Sizes ONE = new Sizes(1, 1, 1);

  /// Experts of which a step that knows none is timed.
  private static final int SOME = 8;

  private final int rows;
  private final int topK;
  private final int experts;

  TypicalRouting(int rows, int topK, int experts) {
    this.rows = rows;
    this.topK = topK;
    this.experts = experts;
  }

  /// Integers that the steps of a mixture of experts hand on.
  public enum Part {
    CHOSEN,
    PLACES,
    ROWS,
    STARTS
  }

  /// Operands of a step that cannot be any numbers.
  ///
  /// @param shapes of its operands that are no weights
  /// @param max sizes that buffers have room for
  public static Map<Ref, StepOperand> operands(
      StepOp op, Function<Ref, List<SizeExpr>> shapes, Sizes max) {
    Map<Ref, StepOperand> operands = new HashMap<>();
    if (op instanceof StepOp.GroupByExpert group) {
      SizeExpr rows = shapes.apply(group.experts()).getFirst();
      int topK = constant(shapes.apply(group.experts()).getLast());
      int experts = constant(shapes.apply(group.starts()).getFirst()) - 1;
      operands.put(group.experts(), of(Part.CHOSEN, rows, topK, experts, max));
    } else if (op instanceof StepOp.GroupedLinear linear) {
      SizeExpr count = shapes.apply(linear.out()).getFirst();
      SizeExpr rows = shapes.apply(linear.in()).getFirst();
      int topK = constant(count) / constant(rows);
      int experts = constant(shapes.apply(linear.starts()).getFirst()) - 1;
      operands.put(linear.starts(), of(Part.STARTS, rows, topK, experts, max));
      linear.rows().ifPresent(ref -> operands.put(ref, of(Part.ROWS, rows, topK, experts, max)));
    } else if (op instanceof StepOp.CombineExperts combine) {
      SizeExpr rows = shapes.apply(combine.places()).getFirst();
      int topK = constant(shapes.apply(combine.places()).getLast());
      operands.put(combine.places(), of(Part.PLACES, rows, topK, Math.max(SOME, topK), max));
    }
    return operands;
  }

  private static int constant(SizeExpr size) {
    return Math.toIntExact(size.evaluate(ONE));
  }

  private static StepOperand of(Part part, SizeExpr rows, int topK, int experts, Sizes max) {
    long elements =
        part == Part.STARTS ? experts + 1 : Math.multiplyExact(rows.evaluate(max), topK);
    return new StepOperand.Routing(part, rows, topK, experts, elements);
  }

  /// The numbers.
  int[] values(Part part) {
    return switch (part) {
      case CHOSEN -> chosen();
      case PLACES -> places();
      case ROWS -> {
        int[] places = places();
        int[] sorted = new int[places.length];
        for (int i = 0; i < places.length; i++) {
          sorted[places[i]] = i / topK;
        }
        yield sorted;
      }
      case STARTS -> starts();
    };
  }

  private int[] chosen() {
    int[] chosen = new int[rows * topK];
    for (int row = 0; row < rows; row++) {
      int first = (int) (((row + 1) * 0x9E37_79B9_7F4A_7C15L) >>> 33) % experts;
      for (int j = 0; j < topK; j++) {
        chosen[row * topK + j] = (first + j) % experts;
      }
    }
    return chosen;
  }

  private int[] starts() {
    int[] starts = new int[experts + 1];
    for (int expert : chosen()) {
      starts[expert + 1]++;
    }
    for (int e = 1; e <= experts; e++) {
      starts[e] += starts[e - 1];
    }
    return starts;
  }

  private int[] places() {
    int[] next = starts();
    int[] chosen = chosen();
    int[] places = new int[chosen.length];
    for (int i = 0; i < places.length; i++) {
      places[i] = next[chosen[i]]++;
    }
    return places;
  }
}
