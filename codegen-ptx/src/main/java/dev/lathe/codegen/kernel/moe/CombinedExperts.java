package dev.lathe.codegen.kernel.moe;

import dev.lathe.codegen.kernel.Cost;
import dev.lathe.codegen.kernel.FloatOperands;
import dev.lathe.codegen.kernel.LaunchBuilder;
import dev.lathe.codegen.kernel.Support;
import dev.lathe.codegen.kernel.UntunedTemplate;
import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.codegen.tile.FloatFormat;
import dev.lathe.codegen.tile.StridedVectors;
import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp.CombineExperts;
import dev.lathe.passes.select.StepContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Weighted sums of rows: a block a row.
public final class CombinedExperts
    implements UntunedTemplate<CombineExperts, CombinedExperts.Problem> {
  private static final int MAX_CHOSEN = 32;

  record Problem(FloatFormat format, int columns, int topK, boolean residual) {
    int vector() {
      return StridedVectors.vectorFor(columns, format);
    }

    int threads() {
      return StridedVectors.threadsFor(columns, vector());
    }
  }

  @Override
  public String id() {
    return "combine-experts";
  }

  @Override
  public Class<CombineExperts> op() {
    return CombineExperts.class;
  }

  @Override
  public Support<Problem> supports(CombineExperts op, StepContext context) {
    List<Ref> floats = new ArrayList<>(List.of(op.in(), op.out()));
    op.residual().ifPresent(floats::add);
    int topK = context.operand(op.places()).width();
    int columns = context.operand(op.out()).width();
    boolean residual = op.residual().isPresent();
    return FloatOperands.of(context, floats)
        .map(operands -> new Problem(operands.format(), columns, topK, residual))
        .unless(CombinedExperts::obstacle);
  }

  private static Optional<String> obstacle(Problem problem) {
    return problem.topK > MAX_CHOSEN
        ? Optional.of(problem.topK + " experts of a row are more than " + MAX_CHOSEN)
        : Optional.empty();
  }

  @Override
  public Cost estimate(Problem problem) {
    return Cost.ofBytes((problem.topK + 2.0) * problem.columns * problem.format.bytes());
  }

  @Override
  public Kernel emit(Problem problem, Target target, String name) {
    KernelBuilder k = KernelBuilder.overlapping(name, target, problem.threads());
    new Body(k, problem).emit();
    return k.build();
  }

  @Override
  public Launch launch(CombineExperts op, StepContext context, Problem problem, Kernel kernel) {
    LaunchBuilder launch =
        LaunchBuilder.of(kernel)
            .grid(context.operand(op.places()).shape().getFirst())
            .pointer(op.in())
            .pointer(op.places())
            .pointer(op.weights());
    op.residual().ifPresent(launch::pointer);
    return launch.pointer(op.out()).build();
  }

  /// Emits `out[t] = residual[t] + sum of weights[t][j] * in[places[t][j]]` in order of j.
  private record Body(KernelBuilder k, Problem problem) {
    void emit() {
      B64 in = k.pointer("in");
      B64 places = k.pointer("places");
      B64 weights = k.pointer("weights");
      Optional<B64> residual =
          problem.residual ? Optional.of(k.pointer("residual")) : Optional.empty();
      B64 out = k.pointer("out");
      FloatFormat format = problem.format;
      int rowBytes = problem.columns * format.bytes();
      B32 first = k.mul(k.blockX(), problem.topK);
      List<B64> sources = new ArrayList<>();
      List<F32> factors = new ArrayList<>();
      for (int j = 0; j < problem.topK; j++) {
        B32 index = k.add(first, j);
        B32 place = k.loadB32(k.at(k.madWide(index, Integer.BYTES, places)));
        sources.add(k.madWide(place, rowBytes, in));
        factors.add(k.loadF32(k.at(k.madWide(index, Float.BYTES, weights))));
      }
      Optional<B64> added = residual.map(base -> k.madWide(k.blockX(), rowBytes, base));
      B64 target = k.madWide(k.blockX(), rowBytes, out);
      int vector = problem.vector();
      new StridedVectors(problem.columns, vector, k.threads())
          .each(
              k,
              k.threadIndex(),
              (_, element) -> {
                B64 offset = k.widen(k.mul(element, format.bytes()));
                List<F32> sums = new ArrayList<>();
                for (int i = 0; i < vector; i++) {
                  sums.add(k.constant(0f));
                }
                for (int j = 0; j < problem.topK; j++) {
                  List<F32> values = format.load(k, k.at(k.add(sources.get(j), offset)), vector);
                  for (int i = 0; i < vector; i++) {
                    k.fmaTo(sums.get(i), factors.get(j), values.get(i));
                  }
                }
                added.ifPresent(base -> {
                  List<F32> values = format.load(k, k.at(k.add(base, offset)), vector);
                  for (int i = 0; i < vector; i++) {
                    k.addTo(sums.get(i), values.get(i));
                  }
                });
                format.store(k, k.at(k.add(target, offset)), sums);
              });
    }
  }
}
