package dev.lathe.codegen.kernel.rope;

import dev.lathe.codegen.kernel.Cost;
import dev.lathe.codegen.kernel.KernelTemplate;
import dev.lathe.codegen.kernel.LaunchBuilder;
import dev.lathe.codegen.kernel.Launches;
import dev.lathe.codegen.kernel.Support;
import dev.lathe.codegen.kernel.Untuned;
import dev.lathe.codegen.kernel.rope.RopeAppendBody.NormSpan;
import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.codegen.tile.FloatFormat;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp.RopeKvAppend;
import dev.lathe.engine.v1.StepOp.Rotary;
import dev.lathe.passes.select.StepContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Norms of heads, rotary embedding, and the append of keys and values to the paged cache.
public final class RopeAppend
    implements KernelTemplate<RopeKvAppend, RopeAppendBody.Problem, Untuned> {
  @Override
  public String id() {
    return "rope-append";
  }

  @Override
  public Class<RopeKvAppend> op() {
    return RopeKvAppend.class;
  }

  @Override
  public Support<RopeAppendBody.Problem> supports(RopeKvAppend op, StepContext context) {
    DType dtype = context.operand(op.qkv()).dtype();
    List<Ref> others = new ArrayList<>(List.of(op.keyCache(), op.valueCache(), op.query()));
    op.queryNorm().ifPresent(others::add);
    op.keyNorm().ifPresent(others::add);
    for (Ref ref : others) {
      if (!dtype.isFloat() || context.operand(ref).dtype() != dtype) {
        return Support.no(ref + " is " + context.operand(ref).dtype().text());
      }
    }
    if (op.heads().headDim() % 2 != 0) {
      return Support.no("head size " + op.heads().headDim() + " is odd");
    }
    return Support.yes(
        new RopeAppendBody.Problem(
            FloatFormat.of(dtype),
            op.heads(),
            op.rotary().map(Rotary::rotaryDim).orElse(0),
            op.rotary().map(Rotary::interleaved).orElse(false),
            span(op, op.queryNorm(), context),
            span(op, op.keyNorm(), context),
            op.epsilon(),
            op.weightOffset(),
            tokensPerBlock(op, context)));
  }

  private static NormSpan span(RopeKvAppend op, Optional<Ref> norm, StepContext context) {
    if (norm.isEmpty()) {
      return NormSpan.NONE;
    }
    int group = constant(context.operand(norm.get()).shape().getLast());
    return group == op.heads().headDim() ? NormSpan.EACH_HEAD : NormSpan.ALL_HEADS;
  }

  private static int constant(SizeExpr size) {
    return Math.toIntExact(size.evaluate(new Sizes(0, 0, 0)));
  }

  private static int tokensPerBlock(RopeKvAppend op, StepContext context) {
    return constant(context.operand(op.keyCache()).shape().get(2));
  }

  @Override
  public Stream<Untuned> space(RopeAppendBody.Problem problem, Target target) {
    return Stream.of(new Untuned());
  }

  @Override
  public Cost estimate(RopeAppendBody.Problem problem, Untuned config, Target target) {
    return Cost.ofBytes(2.0 * problem.heads().qkvColumns() * problem.format().bytes());
  }

  @Override
  public List<Kernel> emit(
      RopeAppendBody.Problem problem, Untuned config, Target target, String name) {
    KernelBuilder k = new KernelBuilder(name, target, RopeAppendBody.WARPS * 32);
    new RopeAppendBody(k, problem).emit();
    return List.of(k.build());
  }

  @Override
  public Launches launches(
      RopeKvAppend op,
      StepContext context,
      RopeAppendBody.Problem problem,
      Untuned config,
      List<Kernel> kernels) {
    SizeExpr warps = SizeExpr.TOKENS.times(problem.allHeads());
    LaunchBuilder launch =
        LaunchBuilder.of(kernels.getFirst())
            .grid(warps.ceilDiv(RopeAppendBody.WARPS))
            .pointer(op.qkv())
            .pointer(op.slots())
            .pointer(op.keyCache())
            .pointer(op.valueCache())
            .pointer(op.query());
    op.rotary().ifPresent(rotary -> launch.pointer(op.positions()).pointer(rotary.table()));
    op.queryNorm().ifPresent(launch::pointer);
    op.keyNorm().ifPresent(launch::pointer);
    return Launches.of(launch.size(SizeExpr.TOKENS).build());
  }
}
