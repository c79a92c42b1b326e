package com.example.counting;

import dev.lathe.codegen.kernel.Cost;
import dev.lathe.codegen.kernel.KernelTemplate;
import dev.lathe.codegen.kernel.LaunchBuilder;
import dev.lathe.codegen.kernel.Launches;
import dev.lathe.codegen.kernel.Support;
import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.codegen.tile.FloatFormat;
import dev.lathe.codegen.tile.StridedVectors;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.passes.select.StepContext;
import dev.lathe.passes.select.StepContext.Operand;
import java.util.List;
import java.util.stream.Stream;

/// The op on a GPU: a block a row, its threads over vectors of neighbours.
public final class SquaredReluKernel
    implements KernelTemplate<StepOp.Custom, SquaredReluKernel.Problem, SquaredReluKernel.Config> {

  /// What the text of the kernel depends on.
  ///
  /// @param width elements of a row
  public record Problem(FloatFormat format, int width) {}

  /// What can be tuned.
  ///
  /// @param threads of a block
  public record Config(int threads) {}

  @Override
  public String id() {
    return "example.squared-relu.row";
  }

  @Override
  public Class<StepOp.Custom> op() {
    return StepOp.Custom.class;
  }

  @Override
  public Support<Problem> supports(StepOp.Custom op, StepContext context) {
    if (!op.name().equals("example.squared_relu")) {
      return Support.no("it is for example.squared_relu");
    }
    Operand in = context.operand(op.inputs().getFirst());
    Operand out = context.operand(op.outputs().getFirst());
    if (!in.equals(out) || in.shape().size() != 2) {
      return Support.no("its operands are no matrices of one type");
    }
    return Support.yes(new Problem(FloatFormat.of(in.dtype()), in.width()));
  }

  @Override
  public Stream<Config> space(Problem problem, Target target) {
    return Stream.of(new Config(256), new Config(128));
  }

  @Override
  public Cost estimate(Problem problem, Config config, Target target) {
    return Cost.ofBytes(2.0 * problem.width() * problem.format().bytes());
  }

  @Override
  public List<Kernel> emit(Problem problem, Config config, Target target, String name) {
    FloatFormat format = problem.format();
    KernelBuilder k = new KernelBuilder(name, target, config.threads());
    int rowBytes = problem.width() * format.bytes();
    B64 in = k.madWide(k.blockX(), rowBytes, k.pointer("in"));
    B64 out = k.madWide(k.blockX(), rowBytes, k.pointer("out"));
    int vector = StridedVectors.vectorFor(problem.width(), format);
    new StridedVectors(problem.width(), vector, config.threads())
        .each(
            k,
            k.threadIndex(),
            (round, element) -> {
              List<F32> x = format.load(k, k.at(address(k, in, element, format)), vector);
              List<F32> squares = x.stream().map(value -> squaredRelu(k, value)).toList();
              format.store(k, k.at(address(k, out, element, format)), squares);
            });
    return List.of(k.build());
  }

  private static B64 address(KernelBuilder k, B64 row, B32 element, FloatFormat format) {
    return k.madWide(element, format.bytes(), row);
  }

  /// The maximum of NaN and a number is the number.
  private static F32 squaredRelu(KernelBuilder k, F32 value) {
    F32 positive = k.max(value, 0f);
    return k.mul(positive, positive);
  }

  @Override
  public Launches launches(
      StepOp.Custom op, StepContext context, Problem problem, Config config, List<Kernel> kernels) {
    return Launches.of(
        LaunchBuilder.of(kernels.getFirst())
            .grid(context.operand(op.outputs().getFirst()).shape().getFirst())
            .pointer(op.inputs().getFirst())
            .pointer(op.outputs().getFirst())
            .build());
  }
}
