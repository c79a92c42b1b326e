package dev.lathe.codegen.kernel.row;

import dev.lathe.codegen.kernel.Cost;
import dev.lathe.codegen.kernel.FloatOperands;
import dev.lathe.codegen.kernel.LaunchBuilder;
import dev.lathe.codegen.kernel.Support;
import dev.lathe.codegen.kernel.UntunedTemplate;
import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.engine.v1.StepOp.Embedding;
import dev.lathe.engine.v1.StepOp.GatherRows;
import dev.lathe.passes.select.StepContext;
import dev.lathe.passes.select.StepContext.Operand;
import java.util.List;
import java.util.function.Function;

/// Rows of a matrix by their numbers, one template for each op that copies them.
///
/// @param id stable name of the template
/// @param op the ops it is for
/// @param copy what an op copies
public record RowCopyTemplate<O extends StepOp>(String id, Class<O> op, Function<O, Copy> copy)
    implements UntunedTemplate<O, RowCopyTemplate.Problem> {

  /// `out[i] = in[indexes[i]]`.
  ///
  /// @param checked true if `in` may not have a row of that number
  record Copy(Ref in, Ref indexes, Ref out, boolean checked) {}

  /// @param rows of the matrix; 0 if every index is known to be inside
  record Problem(int rowBytes, int rows) {}

  /// Token embeddings: rows of the table.
  public static RowCopyTemplate<Embedding> embedding() {
    return new RowCopyTemplate<>(
        "embedding", Embedding.class, op -> new Copy(op.table(), op.ids(), op.out(), true));
  }

  public static RowCopyTemplate<GatherRows> gather() {
    return new RowCopyTemplate<>(
        "gather-rows", GatherRows.class, op -> new Copy(op.in(), op.rows(), op.out(), false));
  }

  @Override
  public Support<Problem> supports(O step, StepContext context) {
    Copy asked = copy.apply(step);
    Operand in = context.operand(asked.in);
    return FloatOperands.of(context, List.of(asked.in, asked.out))
        .map(operands ->
            new Problem(
                in.width() * operands.format().bytes(), asked.checked ? in.dimension(0) : 0));
  }

  @Override
  public Cost estimate(Problem problem) {
    return Cost.ofBytes(2.0 * problem.rowBytes);
  }

  @Override
  public Kernel emit(Problem problem, Target target, String name) {
    KernelBuilder k =
        KernelBuilder.overlapping(name, target, RowCopyBody.threads(problem.rowBytes));
    new RowCopyBody(k, problem.rowBytes, problem.rows).emit();
    return k.build();
  }

  @Override
  public Launch launch(O step, StepContext context, Problem problem, Kernel kernel) {
    Copy asked = copy.apply(step);
    return LaunchBuilder.of(kernel)
        .grid(context.operand(asked.out).rows())
        .pointer(asked.in)
        .pointer(asked.indexes)
        .pointer(asked.out)
        .build();
  }
}
