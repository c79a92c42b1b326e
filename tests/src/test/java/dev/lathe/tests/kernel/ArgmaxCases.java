package dev.lathe.tests.kernel;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Profile;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The greatest logit of a row alone. Factors are small integers: sums are exact, so that the token
/// is, and many are equal.
final class ArgmaxCases {
  private static final int[][] SHAPES = {{64, 40}, {333, 512}, {9000, 136}, {128256, 64}};
  private static final int[][] ROWS = {{64, 1}, {64, 33}, {64, 64}, {128, 100}, {256, 200}};

  private ArgmaxCases() {}

  static List<NamedCase> of() {
    List<NamedCase> cases = new ArrayList<>();
    for (DType dtype : List.of(DType.BF16, DType.F16)) {
      for (int[] shape : SHAPES) {
        for (int[] rows : ROWS) {
          boolean bias = rows[1] % 2 == 1;
          String name =
              "argmax %s N %d K %d, of %d rows %d%s"
                  .formatted(
                      dtype.text(), shape[0], shape[1], rows[0], rows[1], bias ? ", bias" : "");
          cases.add(
              new NamedCase(
                  name, () -> argmax(name, dtype, shape, Profiles.decode(rows[0]), rows[1], bias)));
        }
      }
    }
    return cases;
  }

  private static StepCase argmax(
      String name, DType dtype, int[] shape, Profile profile, int rows, boolean bias) {
    Numbers numbers = new Numbers(name);
    StepCaseBuilder builder = new StepCaseBuilder(name, profile, Profiles.rows(rows));
    SizeExpr r = SizeExpr.LOGIT_ROWS;
    Ref in = builder.buffer("in", r, integers(numbers, dtype, rows, shape[1]));
    Ref weight = builder.weight("weight", integers(numbers, dtype, shape[0], shape[1]));
    Optional<Ref> added =
        bias
            ? Optional.of(builder.weightVector("bias", integers(numbers, dtype, 1, shape[0])))
            : Optional.empty();
    Ref out = builder.vector("tokens", r, Operand.Ints.vector(new int[rows]));
    return builder
        .everyCandidate()
        .build(new StepOp.LinearArgmax(in, weight, added, bias ? 0.5f : 1, out));
  }

  private static Operand.Floats integers(Numbers numbers, DType dtype, int rows, int columns) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = numbers.between(-2, 2);
    }
    return new Operand.Floats(dtype, rows, columns, values, false);
  }
}
