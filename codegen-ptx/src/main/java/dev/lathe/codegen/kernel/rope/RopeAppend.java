package dev.lathe.codegen.kernel.rope;

import dev.lathe.codegen.kernel.Cost;
import dev.lathe.codegen.kernel.FloatOperands;
import dev.lathe.codegen.kernel.LaunchBuilder;
import dev.lathe.codegen.kernel.Support;
import dev.lathe.codegen.kernel.UntunedTemplate;
import dev.lathe.codegen.kernel.rope.RopeAppendProblem.NormSpan;
import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp.RopeKvAppend;
import dev.lathe.engine.v1.StepOp.Rotary;
import dev.lathe.passes.select.StepContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Norms of heads, rotary embedding, and the append of keys and values to the paged cache.
public final class RopeAppend implements UntunedTemplate<RopeKvAppend, RopeAppendProblem> {
  @Override
  public String id() {
    return "rope-append";
  }

  @Override
  public Class<RopeKvAppend> op() {
    return RopeKvAppend.class;
  }

  @Override
  public Support<RopeAppendProblem> supports(RopeKvAppend op, StepContext context) {
    if (op.heads().headDim() % 2 != 0) {
      return Support.no("head size " + op.heads().headDim() + " is odd");
    }
    List<Ref> refs = new ArrayList<>(List.of(op.qkv(), op.keyCache(), op.valueCache(), op.query()));
    op.queryNorm().ifPresent(refs::add);
    op.keyNorm().ifPresent(refs::add);
    return FloatOperands.of(context, refs)
        .map(operands ->
            new RopeAppendProblem(
                operands.format(),
                op.heads(),
                op.rotary().map(Rotary::rotaryDim).orElse(0),
                op.rotary().map(Rotary::interleaved).orElse(false),
                span(op, op.queryNorm(), context),
                span(op, op.keyNorm(), context),
                op.epsilon(),
                op.weightOffset(),
                context.operand(op.keyCache()).dimension(2)));
  }

  private static NormSpan span(RopeKvAppend op, Optional<Ref> norm, StepContext context) {
    if (norm.isEmpty()) {
      return NormSpan.NONE;
    }
    int group = context.operand(norm.get()).width();
    return group == op.heads().headDim() ? NormSpan.EACH_HEAD : NormSpan.ALL_HEADS;
  }

  @Override
  public Cost estimate(RopeAppendProblem problem) {
    return Cost.ofBytes(2.0 * problem.heads().qkvColumns() * problem.format().bytes());
  }

  @Override
  public Kernel emit(RopeAppendProblem problem, Target target, String name) {
    KernelBuilder k = new KernelBuilder(name, target, RopeAppendBody.WARPS * 32);
    new RopeAppendBody(k, problem).emit();
    return k.build();
  }

  @Override
  public Launch launch(
      RopeKvAppend op, StepContext context, RopeAppendProblem problem, Kernel kernel) {
    SizeExpr warps = SizeExpr.TOKENS.times(problem.allHeads() / problem.headsOfWarp());
    LaunchBuilder launch =
        LaunchBuilder.of(kernel)
            .grid(warps.ceilDiv(RopeAppendBody.WARPS))
            .pointer(op.qkv())
            .pointer(op.slots())
            .pointer(op.keyCache())
            .pointer(op.valueCache())
            .pointer(op.query());
    op.rotary().ifPresent(rotary -> launch.pointer(op.positions()).pointer(rotary.table()));
    op.queryNorm().ifPresent(launch::pointer);
    op.keyNorm().ifPresent(launch::pointer);
    return launch.size(SizeExpr.TOKENS).build();
  }
}
