package dev.lathe.tests.kernel;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Profile;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.engine.v1.StepOp.Activation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Linear steps: batches of 1 to 5000 tokens, sizes that no tile divides, every epilogue.
final class LinearCases {
  private static final int[][] SHAPES = {
    {64, 64},
    {128, 96},
    {256, 512},
    {100, 72},
    {129, 136},
    {1000, 264},
    {48, 2048},
    {512, 1024},
    {33, 100},
    {17, 31},
    {1, 64},
    {1024, 4096},
    {64, 14336},
    {128256, 64},
  };

  private static final List<Batches> BATCHES =
      List.of(
          new Batches(Profiles.decode(8), new int[] {1, 2, 7, 8}),
          new Batches(Profiles.decode(16), new int[] {9, 16}),
          new Batches(Profiles.decode(64), new int[] {1, 17, 33, 64}),
          new Batches(Profiles.mixed(), new int[] {1, 65, 127, 128, 300}));

  /// Tokens that are more tiles than there are multiprocessors.
  private static final int SEVERAL_TILES = 5000;

  /// A profile, and the rows of the batches that run under it.
  private record Batches(Profile profile, int[] tokens) {}

  /// What is done to the product.
  private enum Epilogue {
    PLAIN(Activation.NONE, false, false),
    BIAS(Activation.NONE, true, false),
    SILU(Activation.SILU, false, false),
    RESIDUAL_IN_PLACE(Activation.NONE, false, true),
    BIAS_SILU_RESIDUAL(Activation.SILU, true, true),
    F32_RESULT(Activation.NONE, false, false),
    SWIGLU(Activation.SWIGLU_INTERLEAVED, false, false),
    BIAS_SWIGLU(Activation.SWIGLU_INTERLEAVED, true, false);

    private final Activation activation;
    private final boolean bias;
    private final boolean residual;

    Epilogue(Activation activation, boolean bias, boolean residual) {
      this.activation = activation;
      this.bias = bias;
      this.residual = residual;
    }

    boolean fits(int n) {
      return activation != Activation.SWIGLU_INTERLEAVED || n % 16 == 0;
    }
  }

  private LinearCases() {}

  /// Every shape with two epilogues, one shape with all.
  static List<NamedCase> of(DType dtype) {
    List<NamedCase> cases = new ArrayList<>();
    int turn = 0;
    for (int[] shape : SHAPES) {
      for (Epilogue epilogue : Epilogue.values()) {
        boolean isWanted = shape[0] == 256 || epilogue.ordinal() % 4 == turn % 4;
        if (isWanted && epilogue.fits(shape[0])) {
          add(cases, dtype, shape, epilogue, false);
        }
      }
      turn++;
    }
    return cases;
  }

  /// Every kernel, on a few shapes.
  static List<NamedCase> everyCandidate() {
    List<NamedCase> cases = new ArrayList<>();
    add(cases, DType.BF16, new int[] {272, 328}, Epilogue.BIAS_SWIGLU, true);
    add(cases, DType.BF16, new int[] {203, 1096}, Epilogue.RESIDUAL_IN_PLACE, true);
    add(cases, DType.F16, new int[] {256, 512}, Epilogue.F32_RESULT, true);
    add(cases, DType.F32, new int[] {80, 101}, Epilogue.BIAS_SILU_RESIDUAL, true);
    cases.add(severalTiles(DType.BF16, 1008, 264, Epilogue.BIAS_SWIGLU));
    cases.add(severalTiles(DType.F16, 904, 520, Epilogue.RESIDUAL_IN_PLACE));
    return cases;
  }

  private static NamedCase severalTiles(DType dtype, int n, int k, Epilogue epilogue) {
    return new Setting(dtype, n, k, epilogue, Profiles.mixed(), SEVERAL_TILES, true).named();
  }

  private static void add(
      List<NamedCase> cases, DType dtype, int[] shape, Epilogue epilogue, boolean everyCandidate) {
    boolean isLarge = (long) shape[0] * shape[1] > 1 << 20;
    for (Batches batches : BATCHES) {
      for (int tokens : batches.tokens()) {
        if (!isLarge || tokens <= 64 || tokens == 128) {
          Profile profile = batches.profile();
          cases.add(
              new Setting(dtype, shape[0], shape[1], epilogue, profile, tokens, everyCandidate)
                  .named());
        }
      }
    }
  }

  /// A product `(tokens, k) x (n, k)`, and the profile under which it runs.
  private record Setting(
      DType dtype,
      int n,
      int k,
      Epilogue epilogue,
      Profile profile,
      int tokens,
      boolean everyCandidate) {

    NamedCase named() {
      String name =
          "%s N %d K %d %s, %s, T %d"
              .formatted(
                  dtype.text(),
                  n,
                  k,
                  epilogue.name().toLowerCase(Locale.ROOT),
                  profile.name(),
                  tokens);
      return new NamedCase(name, () -> step(name));
    }

    private StepCase step(String name) {
      int columns = epilogue.activation == Activation.SWIGLU_INTERLEAVED ? n / 2 : n;
      Numbers numbers = new Numbers(name);
      StepCaseBuilder builder = new StepCaseBuilder(name, profile, Profiles.sizes(profile, tokens));
      Ref in = builder.buffer("in", SizeExpr.TOKENS, numbers.matrix(dtype, tokens, k, 1));
      Ref weight = builder.weight("weight", numbers.matrix(dtype, n, k, 1 / Math.sqrt(k)));
      Optional<Ref> bias =
          epilogue.bias
              ? Optional.of(builder.weightVector("bias", numbers.matrix(dtype, 1, n, 1)))
              : Optional.empty();
      DType outType = epilogue == Epilogue.F32_RESULT ? DType.F32 : dtype;
      Operand.Floats before =
          epilogue.residual
              ? numbers.matrix(dtype, tokens, columns, 1)
              : Operand.Floats.result(outType, tokens, columns);
      Ref out = builder.buffer("out", SizeExpr.TOKENS, before);
      Optional<Ref> residual = epilogue.residual ? Optional.of(out) : Optional.empty();
      if (epilogue == Epilogue.F32_RESULT) {
        builder.tolerance(out, Tolerance.of(DType.F32));
      }
      if (everyCandidate) {
        builder.everyCandidate();
      }
      return builder.build(new StepOp.Linear(in, weight, bias, epilogue.activation, residual, out));
    }
  }
}
