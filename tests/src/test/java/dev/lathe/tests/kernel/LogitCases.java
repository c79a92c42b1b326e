package dev.lathe.tests.kernel;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Profile;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Adjusting logits and choosing tokens.
final class LogitCases {
  private static final int[] VOCABULARIES = {3, 256, 1000, 4096, 50257, 128256};
  private static final int HISTOGRAM_ROWS = 2000;

  private LogitCases() {}

  /// Parameters of the rows of one case.
  private record Parameters(float[] temperatures, int[] topK, float[] topP, float[] minP) {
    static Parameters of(int rows) {
      Parameters parameters =
          new Parameters(new float[rows], new int[rows], new float[rows], new float[rows]);
      Arrays.fill(parameters.temperatures, 1);
      return parameters;
    }
  }

  private interface Filler {
    void fill(Parameters parameters, Numbers numbers, int vocabulary);
  }

  static List<NamedCase> of() {
    List<NamedCase> cases = new ArrayList<>();
    for (int vocabulary : VOCABULARIES) {
      int rows = vocabulary > 10_000 ? 12 : 64;
      for (boolean decode : new boolean[] {true, false}) {
        adjust(cases, vocabulary, decode ? rows : rows - 1, decode);
        sample(cases, "greedy", vocabulary, rows, decode, (p, n, v) -> Arrays.fill(p.topK, 1));
        sample(cases, "any", vocabulary, rows, decode, LogitCases::fillAny);
      }
      sample(cases, "temperature", vocabulary, rows, true, LogitCases::fillTemperatures);
      sample(cases, "top-k", vocabulary, rows, true, LogitCases::fillTopK);
      sample(cases, "top-p", vocabulary, rows, true, LogitCases::fillTopP);
      sample(cases, "min-p", vocabulary, rows, true, LogitCases::fillMinP);
    }
    histogram(cases, "all", (p, n, v) -> {});
    histogram(cases, "top-k 20", (p, n, v) -> Arrays.fill(p.topK, 20));
    histogram(cases, "top-p 0.7", (p, n, v) -> Arrays.fill(p.topP, 0.7f));
    return cases;
  }

  private static void fillTemperatures(Parameters parameters, Numbers numbers, int vocabulary) {
    float[] values = {1e-3f, 0.1f, 0.7f, 1, 1.5f, 100};
    for (int i = 0; i < parameters.temperatures.length; i++) {
      parameters.temperatures[i] = values[i % values.length];
    }
  }

  private static void fillTopK(Parameters parameters, Numbers numbers, int vocabulary) {
    int[] values = {2, 3, 10, 50, 64, 65, vocabulary - 1, vocabulary, vocabulary + 1, 1};
    for (int i = 0; i < parameters.topK.length; i++) {
      parameters.topK[i] = values[i % values.length];
    }
  }

  private static void fillTopP(Parameters parameters, Numbers numbers, int vocabulary) {
    float[] values = {1e-6f, 0.1f, 0.5f, 0.9f, 0.99f, 0.9999f, 1, 0};
    for (int i = 0; i < parameters.topP.length; i++) {
      parameters.topP[i] = values[i % values.length];
    }
  }

  private static void fillMinP(Parameters parameters, Numbers numbers, int vocabulary) {
    float[] values = {0.001f, 0.05f, 0.3f, 1};
    for (int i = 0; i < parameters.minP.length; i++) {
      parameters.minP[i] = values[i % values.length];
    }
  }

  private static void fillAny(Parameters parameters, Numbers numbers, int vocabulary) {
    for (int i = 0; i < parameters.topK.length; i++) {
      parameters.temperatures[i] = 0.2f + numbers.between(0, 20) * 0.1f;
      parameters.topK[i] = numbers.chance(0.5) ? numbers.between(0, 100) : 0;
      parameters.topP[i] = numbers.chance(0.5) ? numbers.between(1, 99) * 0.01f : 0;
      parameters.minP[i] = numbers.chance(0.3) ? 0.02f : 0;
    }
  }

  private static void sample(
      List<NamedCase> cases, String what, int vocabulary, int rows, boolean decode, Filler filler) {
    Profile profile = decode ? Profiles.decode(64) : Profiles.mixed();
    String name = "sample %s, V %d, R %d, %s".formatted(what, vocabulary, rows, profile.name());
    cases.add(
        new NamedCase(
            name,
            () -> {
              Numbers numbers = new Numbers(name);
              Parameters parameters = Parameters.of(rows);
              filler.fill(parameters, numbers, vocabulary);
              float[] logits = logits(numbers, rows, vocabulary);
              return sample(name, profile, numbers, vocabulary, logits, parameters);
            }));
  }

  /// Rows of all kinds: random; with ties of the greatest; with NaN and infinities; with one or no
  /// finite logit; all equal.
  private static float[] logits(Numbers numbers, int rows, int vocabulary) {
    float[] logits = numbers.floats(DType.F32, rows * vocabulary, 3);
    for (int row = 0; row < rows; row++) {
      int from = row * vocabulary;
      int to = from + vocabulary;
      switch (row % 8) {
        case 3 -> {
          for (int i = 0; i < 5; i++) {
            logits[numbers.between(from, to - 1)] = 30;
          }
        }
        case 4 -> {
          for (int i = from; i < to; i += 3) {
            logits[i] = i % 2 == 0 ? Float.NaN : Float.NEGATIVE_INFINITY;
          }
          logits[from] = Float.NaN;
        }
        case 5 -> {
          Arrays.fill(logits, from, to, Float.NEGATIVE_INFINITY);
          logits[numbers.between(from, to - 1)] = -5;
        }
        case 6 -> Arrays.fill(logits, from, to, row % 16 == 6 ? -2.5f : -0f);
        case 7 -> {
          for (int i = from; i < to; i++) {
            logits[i] = Math.round(logits[i]);
          }
        }
        default -> {}
      }
    }
    if (rows > 8) {
      Arrays.fill(logits, 8 * vocabulary, 9 * vocabulary, Float.NaN);
    }
    return logits;
  }

  /// One row of logits under many seeds.
  private static void histogram(List<NamedCase> cases, String what, Filler filler) {
    int vocabulary = 1000;
    String name =
        "sample histogram of %d draws, V %d, %s".formatted(HISTOGRAM_ROWS, vocabulary, what);
    cases.add(
        new NamedCase(
            name,
            () -> {
              Numbers numbers = new Numbers(name);
              Parameters parameters = Parameters.of(HISTOGRAM_ROWS);
              filler.fill(parameters, numbers, vocabulary);
              float[] row = numbers.floats(DType.F32, vocabulary, 2);
              float[] logits = new float[HISTOGRAM_ROWS * vocabulary];
              for (int i = 0; i < HISTOGRAM_ROWS; i++) {
                System.arraycopy(row, 0, logits, i * vocabulary, vocabulary);
              }
              Profile profile = Profiles.decode(2048);
              return sample(name, profile, numbers, vocabulary, logits, parameters);
            }));
  }

  private static StepCase sample(
      String name,
      Profile profile,
      Numbers numbers,
      int vocabulary,
      float[] logits,
      Parameters parameters) {
    int rows = logits.length / vocabulary;
    StepCaseBuilder builder = new StepCaseBuilder(name, profile, Profiles.rows(rows));
    long[] seeds = new long[rows];
    for (int i = 0; i < rows; i++) {
      seeds[i] = numbers.nextLong();
    }
    SizeExpr r = SizeExpr.LOGIT_ROWS;
    Operand.Floats values = new Operand.Floats(DType.F32, rows, vocabulary, logits, false);
    return builder.build(
        new StepOp.Sample(
            builder.buffer("logits", r, values),
            builder.vector("temperatures", r, floats(parameters.temperatures())),
            builder.vector("top_k", r, Operand.Ints.vector(parameters.topK())),
            builder.vector("top_p", r, floats(parameters.topP())),
            builder.vector("min_p", r, floats(parameters.minP())),
            builder.vector("seeds", r, new Operand.Longs(seeds)),
            builder.vector("draws", r, Operand.Ints.vector(numbers.ints(rows, 0, 5000))),
            builder.vector("tokens", r, Operand.Ints.vector(new int[rows]))));
  }

  private static Operand.Floats floats(float... data) {
    return new Operand.Floats(DType.F32, 1, data.length, data, false);
  }

  private static void adjust(List<NamedCase> cases, int vocabulary, int rows, boolean decode) {
    Profile profile = decode ? Profiles.decode(64) : Profiles.mixed();
    String name = "adjust logits, V %d, R %d, %s".formatted(vocabulary, rows, profile.name());
    cases.add(new NamedCase(name, () -> adjust(name, profile, vocabulary, rows)));
  }

  private static StepCase adjust(String name, Profile profile, int vocabulary, int rows) {
    Numbers numbers = new Numbers(name);
    StepCaseBuilder builder = new StepCaseBuilder(name, profile, Profiles.rows(rows));
    int[] starts = new int[rows + 1];
    List<Integer> tokens = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      int count = row % 3 == 1 ? 0 : Math.min(vocabulary, numbers.between(0, row == 2 ? 3000 : 40));
      for (int token : Arrays.copyOf(numbers.permutation(vocabulary), count)) {
        tokens.add(token);
      }
      starts[row + 1] = tokens.size();
    }
    int count = Math.max(1, tokens.size());
    int[] ids = new int[count];
    float[] biases = new float[count];
    for (int i = 0; i < tokens.size(); i++) {
      ids[i] = tokens.get(i);
      biases[i] = i % 5 == 0 ? Float.NEGATIVE_INFINITY : i % 2 == 0 ? 0 : numbers.normal(4);
    }
    float[] logits = numbers.floats(DType.F32, rows * vocabulary, 3);
    logits[0] = Float.NaN;
    SizeExpr r = SizeExpr.LOGIT_ROWS;
    Ref values =
        builder.buffer("logits", r, new Operand.Floats(DType.F32, rows, vocabulary, logits, false));
    builder.tolerance(values, new Tolerance(2e-6, 1e-6, 1e-6));
    return builder.build(
        new StepOp.AdjustLogits(
            values,
            builder.vector("starts", r.plus(SizeExpr.of(1)), Operand.Ints.vector(starts)),
            builder.unsized("adjusted", Operand.Ints.vector(ids)),
            builder.unsized("counts", Operand.Ints.vector(numbers.ints(count, -1, 4))),
            builder.unsized("biases", floats(biases)),
            builder.vector("repetition", r, floats(positive(numbers, rows))),
            builder.vector("presence", r, floats(numbers.floats(DType.F32, rows, 0.5))),
            builder.vector("frequency", r, floats(numbers.floats(DType.F32, rows, 0.5)))));
  }

  private static float[] positive(Numbers numbers, int rows) {
    float[] values = new float[rows];
    for (int i = 0; i < rows; i++) {
      values[i] = i % 4 == 0 ? 1 : 0.5f + numbers.between(0, 20) * 0.1f;
    }
    return values;
  }
}
