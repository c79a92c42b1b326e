package dev.lathe.tests.kernel;

import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.SampleDraw;
import dev.lathe.engine.v1.StepOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Whether chosen tokens are those that the definition of sampling allows. A GPU's exponential
/// differs in the last bits: a token is right if the random point lies in its interval, or within a
/// hair of it.
final class SampleJudge {
  /// Relative error of a mass: some units of the last place of an exponent of up to 30.
  private static final double HAIR = 1e-5;

  private static final double ONE = 1 << 30;
  private static final int SHOWN = 10;

  private final StepCase step;
  private final StepOp.Sample op;
  private final Operand.Floats logits;

  SampleJudge(StepCase step, StepOp.Sample op) {
    this.step = step;
    this.op = op;
    this.logits = (Operand.Floats) step.value(op.logits());
  }

  /// What is wrong with the tokens, if anything.
  Optional<String> judge(int[] tokens) {
    List<String> problems = new ArrayList<>();
    for (int row = 0; row < logits.rows(); row++) {
      Row values = row(row);
      String problem = values.problem(tokens[row]);
      if (!problem.isEmpty()) {
        problems.add("row %d (%s): %s".formatted(row, values.parameters(), problem));
      }
    }
    if (problems.isEmpty()) {
      return Optional.empty();
    }
    String first = String.join("\n    ", problems.subList(0, Math.min(SHOWN, problems.size())));
    return Optional.of(
        "%d of %d rows have a wrong token:%n    %s"
            .formatted(problems.size(), logits.rows(), first));
  }

  private Row row(int row) {
    int columns = logits.columns();
    float[] values = Arrays.copyOfRange(logits.data(), row * columns, (row + 1) * columns);
    for (int i = 0; i < columns; i++) {
      values[i] = Float.isNaN(values[i]) ? Float.NEGATIVE_INFINITY : values[i] + 0f;
    }
    long seed = ((Operand.Longs) step.value(op.seeds())).data()[row];
    long bits = SampleDraw.bits(seed, ints(op.draws())[row]);
    double point = (bits >>> 1) * 0x1p-63;
    return new Row(
        values,
        floats(op.temperatures())[row],
        ints(op.topK())[row],
        floats(op.topP())[row],
        floats(op.minP())[row],
        point);
  }

  private int[] ints(Ref ref) {
    return ((Operand.Ints) step.value(ref)).cpu();
  }

  private float[] floats(Ref ref) {
    return ((Operand.Floats) step.value(ref)).data();
  }

  /// One row of logits and its parameters.
  ///
  /// @param point in [0, 1)
  private record Row(
      float[] logits, float temperature, int topK, float topP, float minP, double point) {

    String parameters() {
      return String.format(
          Locale.ROOT,
          "V %d, temperature %g, top-k %d, top-p %g, min-p %g, point %.6f",
          logits.length,
          temperature,
          topK,
          topP,
          minP,
          point);
    }

    /// Why the token is wrong; empty if it is right.
    String problem(int token) {
      if (token < 0 || token >= logits.length) {
        return "token " + token;
      }
      int best = best();
      if (topK == 1 || logits[best] == Float.NEGATIVE_INFINITY) {
        return token == best
            ? ""
            : "token %d with logit %s, the greatest is %d with %s"
                .formatted(token, logits[token], best, logits[best]);
      }
      return drawn(token, logits[best]);
    }

    private int best() {
      int best = 0;
      for (int i = 1; i < logits.length; i++) {
        if (logits[i] > logits[best]) {
          best = i;
        }
      }
      return best;
    }

    private double weight(float logit, float greatest) {
      return logit == greatest ? 1 : Math.exp((logit - greatest) / temperature);
    }

    /// Sums over two sets: what is kept at least, and what may be kept.
    private String drawn(int token, float greatest) {
      double[] least = new double[logits.length];
      double[] most = new double[logits.length];
      limits(greatest, least, most);
      if (most[token] == 0) {
        return "token %d with logit %s and weight %g is not kept"
            .formatted(token, logits[token], weight(logits[token], greatest));
      }
      double before = 0;
      double beforeMost = 0;
      for (int i = 0; i < token; i++) {
        before += least[i];
        beforeMost += most[i];
      }
      double after = 0;
      double afterMost = 0;
      for (int i = token + 1; i < logits.length; i++) {
        after += least[i];
        afterMost += most[i];
      }
      double from = before / (before + most[token] + afterMost);
      double to = (beforeMost + most[token]) / (beforeMost + most[token] + after);
      return from - HAIR <= point && point <= to + HAIR
          ? ""
          : String.format(Locale.ROOT, "token %d has the interval %.6f to %.6f", token, from, to);
    }

    /// Masses of what is surely kept, and of what is kept if each hair falls in its favour.
    private void limits(float greatest, double[] least, double[] most) {
      float kth = kthGreatest();
      double total = 0;
      for (float logit : logits) {
        total += logit >= kth ? Math.floor(weight(logit, greatest) * ONE) : 0;
      }
      float[] ascending = logits.clone();
      Arrays.sort(ascending);
      boolean whole = topP <= 0 || topP >= 1;
      double[] greater = whole ? new double[0] : greaterMasses(ascending, greatest);
      for (int i = 0; i < logits.length; i++) {
        double weight = logits[i] >= kth ? weight(logits[i], greatest) : 0;
        double slack = weight >= 1 ? 0 : HAIR;
        double mass = Math.floor(weight * ONE * (1 - slack));
        double massAtMost = Math.floor(weight * ONE * (1 + slack));
        double above = whole ? 0 : greater[firstAtLeast(ascending, logits[i])] / total;
        boolean surely =
            weight * (1 - slack) >= minP && (whole || above + HAIR < topP || above == 0);
        boolean maybe = weight * (1 + slack) >= minP && (whole || above - HAIR < topP);
        least[i] = surely ? mass : 0;
        most[i] = maybe ? massAtMost : 0;
      }
    }

    private float kthGreatest() {
      if (topK <= 0 || topK >= logits.length) {
        return Float.NEGATIVE_INFINITY;
      }
      float[] ascending = logits.clone();
      Arrays.sort(ascending);
      return ascending[logits.length - topK];
    }

    /// For each place of the sorted logits, the mass of greater ones than the value there.
    private double[] greaterMasses(float[] ascending, float greatest) {
      double[] masses = new double[ascending.length];
      double sum = 0;
      double ofEquals = 0;
      for (int i = ascending.length - 1; i >= 0; i--) {
        if (i < ascending.length - 1 && ascending[i] != ascending[i + 1]) {
          sum += ofEquals;
          ofEquals = 0;
        }
        masses[i] = sum;
        ofEquals += Math.floor(weight(ascending[i], greatest) * ONE);
      }
      return masses;
    }

    private static int firstAtLeast(float[] ascending, float value) {
      int at = Arrays.binarySearch(ascending, value);
      return Math.max(0, at);
    }
  }
}
