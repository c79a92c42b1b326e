package dev.lathe.tests.kernel;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Profile;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.engine.v1.StepOp.Activation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Steps of mixtures of experts: from one row to some hundreds, experts without rows, one that has
/// all.
final class ExpertCases {
  private static final SizeExpr T = SizeExpr.TOKENS;

  /// Rows of batches, by the profile that they run under.
  private static final int[][] BATCHES = {{8, 1}, {8, 7}, {64, 33}, {8192, 3}, {8192, 300}};

  private ExpertCases() {}

  /// @param experts that there are
  /// @param chosen true: rows take any experts; false: all rows take the last ones
  private record Mixture(int experts, int topK, boolean chosen) {
    int[] choice(Numbers numbers, int rows) {
      int[] choice = new int[rows * topK];
      for (int row = 0; row < rows; row++) {
        int first = chosen ? numbers.between(0, experts - 1) : experts - topK;
        for (int j = 0; j < topK; j++) {
          choice[row * topK + j] = (first + j) % experts;
        }
      }
      return choice;
    }

    int[] starts(int[] choice) {
      int[] starts = new int[experts + 1];
      for (int expert : choice) {
        starts[expert + 1]++;
      }
      for (int e = 1; e <= experts; e++) {
        starts[e] += starts[e - 1];
      }
      return starts;
    }
  }

  private static final List<Mixture> MIXTURES =
      List.of(new Mixture(8, 2, true), new Mixture(70, 8, true), new Mixture(40, 1, false));

  private interface Maker {
    StepOp make(StepCaseBuilder builder, Numbers numbers, int rows);
  }

  /// Which experts rows take, and products in float32.
  static List<NamedCase> ofRouting() {
    List<NamedCase> cases = new ArrayList<>();
    for (Mixture mixture : MIXTURES) {
      add(cases, "route " + mixture, (b, n, t) -> route(b, n, t, mixture));
      add(cases, "group " + mixture, (b, n, t) -> group(b, n, t, mixture));
    }
    cases.addAll(of(DType.F32));
    return cases;
  }

  /// What is computed with elements of a type.
  static List<NamedCase> of(DType dtype) {
    List<NamedCase> cases = new ArrayList<>();
    for (Mixture mixture : MIXTURES) {
      String of = dtype.text() + " " + mixture;
      add(cases, "combine " + of, (b, n, t) -> combine(b, n, t, dtype, mixture));
      add(cases, "gate up " + of, (b, n, t) -> linear(b, n, t, dtype, mixture, true));
      add(cases, "down " + of, (b, n, t) -> linear(b, n, t, dtype, mixture, false));
    }
    return cases;
  }

  private static void add(List<NamedCase> cases, String label, Maker maker) {
    for (int[] batch : BATCHES) {
      Profile profile = batch[0] > 64 ? Profiles.mixed() : Profiles.decode(batch[0]);
      String name = "%s, %s, T %d".formatted(label, profile.name(), batch[1]);
      cases.add(
          new NamedCase(
              name,
              () -> {
                StepCaseBuilder builder =
                    new StepCaseBuilder(name, profile, Profiles.sizes(profile, batch[1]));
                StepOp op = maker.make(builder, new Numbers(name), batch[1]);
                return builder.everyCandidate().build(op);
              }));
    }
  }

  private static Ref unwritten(StepCaseBuilder b, String name, int count, SizeExpr... shape) {
    int[] before = new int[count];
    Arrays.fill(before, -1);
    return ints(b, name, before, shape);
  }

  /// Integers `(rows)`, or `(rows, columns)` with constant columns.
  private static Ref ints(StepCaseBuilder b, String name, int[] values, SizeExpr... shape) {
    int columns = shape.length == 1 ? 1 : Math.toIntExact(shape[1].evaluate(Profiles.rows(1)));
    Operand.Ints operand = new Operand.Ints(values.length / columns, columns, values, values);
    return b.shaped(name, operand, shape);
  }

  private static StepOp route(StepCaseBuilder b, Numbers n, int rows, Mixture mixture) {
    int count = rows * mixture.topK;
    SizeExpr k = SizeExpr.of(mixture.topK);
    Ref logits = b.buffer("logits", T, n.matrix(DType.F32, rows, mixture.experts, 1));
    Ref experts = unwritten(b, "experts", count, T, k);
    Ref weights = b.buffer("weights", T, Operand.Floats.result(DType.F32, rows, mixture.topK));
    return new StepOp.RouteExperts(logits, mixture.chosen, experts, weights);
  }

  private static StepOp group(StepCaseBuilder b, Numbers n, int rows, Mixture mixture) {
    int count = rows * mixture.topK;
    SizeExpr k = SizeExpr.of(mixture.topK);
    Ref experts = ints(b, "experts", mixture.choice(n, rows), T, k);
    Ref places = unwritten(b, "places", count, T, k);
    Ref order = unwritten(b, "rows", count, T.times(mixture.topK));
    SizeExpr bounds = SizeExpr.of(mixture.experts + 1);
    Ref starts = unwritten(b, "starts", mixture.experts + 1, bounds);
    return new StepOp.GroupByExpert(experts, places, order, starts);
  }

  private static StepOp combine(
      StepCaseBuilder b, Numbers n, int rows, DType dtype, Mixture mixture) {
    int columns = mixture.experts == 8 ? 4096 : 72;
    int count = rows * mixture.topK;
    Operand.Floats values = n.matrix(dtype, count, columns, 1);
    Ref in = b.buffer("in", T.times(mixture.topK), values);
    SizeExpr k = SizeExpr.of(mixture.topK);
    Ref places = ints(b, "places", n.permutation(count), T, k);
    Ref weights = b.buffer("weights", T, n.matrix(DType.F32, rows, mixture.topK, 1));
    Ref out = b.buffer("out", T, n.matrix(dtype, rows, columns, 1));
    Optional<Ref> residual = mixture.chosen ? Optional.of(out) : Optional.empty();
    return new StepOp.CombineExperts(in, places, weights, residual, out);
  }

  private static StepOp linear(
      StepCaseBuilder b, Numbers n, int rows, DType dtype, Mixture mixture, boolean first) {
    int width = first ? 272 : 136;
    int inner = first ? 136 : 200;
    int count = rows * mixture.topK;
    int[] choice = mixture.choice(n, rows);
    int inRows = first ? rows : count;
    SizeExpr inSize = first ? T : T.times(mixture.topK);
    Ref in = b.buffer("in", inSize, n.matrix(dtype, inRows, inner, 1));
    Operand.Floats matrices = n.matrix(dtype, mixture.experts, width * inner, 1 / Math.sqrt(inner));
    Ref weight = b.stacked("weight", matrices, width);
    Optional<Ref> index =
        first
            ? Optional.of(ints(b, "rows", n.ints(count, 0, rows - 1), T.times(mixture.topK)))
            : Optional.empty();
    SizeExpr bounds = SizeExpr.of(mixture.experts + 1);
    Ref starts = ints(b, "starts", mixture.starts(choice), bounds);
    int columns = first ? width / 2 : width;
    Ref out = b.buffer("out", T.times(mixture.topK), Operand.Floats.result(dtype, count, columns));
    Activation activation = first ? Activation.SWIGLU_INTERLEAVED : Activation.NONE;
    return new StepOp.GroupedLinear(in, index, starts, weight, activation, out);
  }
}
