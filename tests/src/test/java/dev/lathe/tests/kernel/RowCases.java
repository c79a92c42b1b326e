package dev.lathe.tests.kernel;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Profile;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Steps that treat each row alone: embedding, norms, gathering, functions of one or two elements.
final class RowCases {
  private static final List<DType> DTYPES = List.of(DType.BF16, DType.F16, DType.F32);
  private static final int[] TOKENS = {1, 3, 64, 301};
  private static final float EPSILON = 1e-5f;

  private RowCases() {}

  private interface Maker {
    StepCase make(StepCaseBuilder builder, Numbers numbers, int tokens);
  }

  static List<NamedCase> of() {
    List<NamedCase> cases = new ArrayList<>();
    for (DType dtype : DTYPES) {
      for (int columns : new int[] {64, 100, 129, 2048}) {
        add(
            cases,
            dtype,
            "embedding H " + columns,
            (b, n, t) -> embedding(b, n, dtype, t, columns));
        add(cases, dtype, "gather H " + columns, (b, n, t) -> gather(b, n, dtype, t, columns));
        elementwise(cases, dtype, columns);
      }
      for (int columns : new int[] {8, 64, 100, 129, 896, 4096, 8192, 12288}) {
        add(
            cases,
            dtype,
            "rms_norm H " + columns,
            (b, n, t) -> norm(b, n, dtype, t, columns, columns));
        add(
            cases,
            dtype,
            "add_rms_norm H " + columns,
            (b, n, t) -> addNorm(b, n, dtype, t, columns));
        add(
            cases,
            dtype,
            "layer_norm H " + columns,
            (b, n, t) -> layerNorm(b, n, dtype, t, columns));
        add(
            cases,
            dtype,
            "add_layer_norm H " + columns,
            (b, n, t) -> addLayerNorm(b, n, dtype, t, columns));
      }
      for (int[] groups : new int[][] {{8, 64}, {5, 96}, {3, 50}, {2, 7}, {32, 128}}) {
        int group = groups[1];
        int columns = groups[0] * group;
        add(
            cases,
            dtype,
            "rms_norm H %d in groups of %d".formatted(columns, group),
            (b, n, t) -> norm(b, n, dtype, t, columns, group));
      }
    }
    return cases;
  }

  private static void elementwise(List<NamedCase> cases, DType dtype, int columns) {
    add(cases, dtype, "swiglu I " + columns, (b, n, t) -> swiGlu(b, n, dtype, t, columns));
    for (StepOp.UnaryKind kind : StepOp.UnaryKind.values()) {
      add(cases, dtype, kind + " H " + columns, (b, n, t) -> unary(b, n, dtype, t, columns, kind));
    }
    for (StepOp.BinaryKind kind : StepOp.BinaryKind.values()) {
      add(cases, dtype, kind + " H " + columns, (b, n, t) -> binary(b, n, dtype, t, columns, kind));
    }
  }

  private static void add(List<NamedCase> cases, DType dtype, String what, Maker maker) {
    Profile profile = Profiles.mixed();
    for (int tokens : TOKENS) {
      String name = "%s %s, T %d".formatted(dtype.text(), what, tokens);
      cases.add(
          new NamedCase(
              name,
              () ->
                  maker.make(
                      new StepCaseBuilder(name, profile, Profiles.sizes(profile, tokens)),
                      new Numbers(name),
                      tokens)));
    }
  }

  private static StepCase embedding(
      StepCaseBuilder builder, Numbers numbers, DType dtype, int tokens, int columns) {
    int vocabulary = 300;
    int[] ids = numbers.ints(tokens, 0, vocabulary - 1);
    int[] outside = {-1, vocabulary, Integer.MAX_VALUE, Integer.MIN_VALUE};
    for (int i = 1; i < tokens; i += 3) {
      ids[i] = outside[i / 3 % outside.length];
    }
    Ref in = builder.vector("ids", SizeExpr.TOKENS, Operand.Ints.vector(ids));
    Ref table = builder.weight("table", numbers.matrix(dtype, vocabulary, columns, 1));
    Ref out = result(builder, dtype, tokens, columns);
    return builder.exact(out).build(new StepOp.Embedding(in, table, out));
  }

  private static StepCase gather(
      StepCaseBuilder builder, Numbers numbers, DType dtype, int tokens, int columns) {
    int rows = Math.toIntExact(Profiles.sizes(Profiles.mixed(), tokens).logitRows());
    int[] from = numbers.ints(rows, 0, tokens - 1);
    Ref in = builder.buffer("in", SizeExpr.TOKENS, numbers.matrix(dtype, tokens, columns, 1));
    Ref indices = builder.vector("rows", SizeExpr.LOGIT_ROWS, Operand.Ints.vector(from));
    Ref out =
        builder.buffer("out", SizeExpr.LOGIT_ROWS, Operand.Floats.result(dtype, rows, columns));
    return builder.exact(out).build(new StepOp.GatherRows(in, indices, out));
  }

  private static StepCase norm(
      StepCaseBuilder builder, Numbers numbers, DType dtype, int tokens, int columns, int group) {
    Ref in = builder.buffer("in", SizeExpr.TOKENS, numbers.matrix(dtype, tokens, columns, 3));
    Ref weight = builder.weightVector("weight", numbers.scales(dtype, group));
    Ref out = result(builder, dtype, tokens, columns);
    float weightOffset = tokens % 2;
    return builder.build(new StepOp.RmsNorm(in, weight, out, group, EPSILON, weightOffset));
  }

  private static StepCase addNorm(
      StepCaseBuilder builder, Numbers numbers, DType dtype, int tokens, int columns) {
    Ref in = builder.buffer("in", SizeExpr.TOKENS, numbers.matrix(dtype, tokens, columns, 1));
    Ref sum = builder.buffer("sum", SizeExpr.TOKENS, numbers.matrix(dtype, tokens, columns, 2));
    Ref weight = builder.weightVector("weight", numbers.scales(dtype, columns));
    Ref out = result(builder, dtype, tokens, columns);
    float weightOffset = tokens % 2;
    return builder
        .exact(sum)
        .build(new StepOp.AddRmsNorm(in, sum, weight, sum, out, EPSILON, weightOffset));
  }

  /// With a bias where the count of tokens is odd.
  private static StepCase layerNorm(
      StepCaseBuilder builder, Numbers numbers, DType dtype, int tokens, int columns) {
    Ref in = builder.buffer("in", SizeExpr.TOKENS, numbers.matrix(dtype, tokens, columns, 3));
    Ref weight = builder.weightVector("weight", numbers.scales(dtype, columns));
    Optional<Ref> bias = bias(builder, numbers, dtype, tokens, columns);
    Ref out = result(builder, dtype, tokens, columns);
    return builder.build(new StepOp.LayerNorm(in, weight, bias, out, EPSILON));
  }

  private static Optional<Ref> bias(
      StepCaseBuilder builder, Numbers numbers, DType dtype, int tokens, int columns) {
    return tokens % 2 == 0
        ? Optional.empty()
        : Optional.of(builder.weightVector("bias", numbers.matrix(dtype, 1, columns, 1)));
  }

  private static StepCase addLayerNorm(
      StepCaseBuilder builder, Numbers numbers, DType dtype, int tokens, int columns) {
    Ref in = builder.buffer("in", SizeExpr.TOKENS, numbers.matrix(dtype, tokens, columns, 1));
    Ref sum = builder.buffer("sum", SizeExpr.TOKENS, numbers.matrix(dtype, tokens, columns, 2));
    Ref weight = builder.weightVector("weight", numbers.scales(dtype, columns));
    Optional<Ref> bias = bias(builder, numbers, dtype, tokens, columns);
    Ref out = result(builder, dtype, tokens, columns);
    return builder
        .exact(sum)
        .build(new StepOp.AddLayerNorm(in, sum, weight, bias, sum, out, EPSILON));
  }

  private static StepCase swiGlu(
      StepCaseBuilder builder, Numbers numbers, DType dtype, int tokens, int columns) {
    Ref in = builder.buffer("in", SizeExpr.TOKENS, numbers.matrix(dtype, tokens, 2 * columns, 3));
    Ref out = result(builder, dtype, tokens, columns);
    return builder.build(new StepOp.SwiGlu(in, out));
  }

  private static StepCase unary(
      StepCaseBuilder builder,
      Numbers numbers,
      DType dtype,
      int tokens,
      int columns,
      StepOp.UnaryKind kind) {
    Ref in = builder.buffer("in", SizeExpr.TOKENS, numbers.matrix(dtype, tokens, columns, 5));
    Ref out = result(builder, dtype, tokens, columns);
    return builder.build(new StepOp.Unary(kind, 7.5f, in, out));
  }

  private static StepCase binary(
      StepCaseBuilder builder,
      Numbers numbers,
      DType dtype,
      int tokens,
      int columns,
      StepOp.BinaryKind kind) {
    Ref left = builder.buffer("left", SizeExpr.TOKENS, numbers.matrix(dtype, tokens, columns, 1));
    Ref right = builder.buffer("right", SizeExpr.TOKENS, numbers.matrix(dtype, tokens, columns, 1));
    Ref out = result(builder, dtype, tokens, columns);
    return builder.exact(out).build(new StepOp.Binary(kind, left, right, out));
  }

  private static Ref result(StepCaseBuilder builder, DType dtype, int tokens, int columns) {
    return builder.buffer("out", SizeExpr.TOKENS, Operand.Floats.result(dtype, tokens, columns));
  }
}
