package dev.lathe.codegen.kernel.row;

import dev.lathe.codegen.kernel.Cost;
import dev.lathe.codegen.kernel.KernelTemplate;
import dev.lathe.codegen.kernel.LaunchBuilder;
import dev.lathe.codegen.kernel.Launches;
import dev.lathe.codegen.kernel.Support;
import dev.lathe.codegen.kernel.Untuned;
import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.StepOp.Embedding;
import dev.lathe.passes.select.StepContext;
import dev.lathe.passes.select.StepContext.Operand;
import java.util.List;
import java.util.stream.Stream;

/// Token embeddings: rows of the table.
public final class EmbeddingRows
    implements KernelTemplate<Embedding, EmbeddingRows.Problem, Untuned> {

  record Problem(int rowBytes, int tableRows) {}

  @Override
  public String id() {
    return "embedding";
  }

  @Override
  public Class<Embedding> op() {
    return Embedding.class;
  }

  @Override
  public Support<Problem> supports(Embedding op, StepContext context) {
    Operand table = context.operand(op.table());
    if (table.dtype() != context.operand(op.out()).dtype() || !table.dtype().isFloat()) {
      return Support.no("the table is " + table.dtype().text() + ", the result is not");
    }
    int rows = Math.toIntExact(table.shape().getFirst().evaluate(new Sizes(0, 0, 0)));
    return Support.yes(new Problem(Rows.width(table) * table.dtype().bytes(), rows));
  }

  @Override
  public Stream<Untuned> space(Problem problem, Target target) {
    return Stream.of(new Untuned());
  }

  @Override
  public Cost estimate(Problem problem, Untuned config, Target target) {
    return Cost.ofBytes(2.0 * problem.rowBytes);
  }

  @Override
  public List<Kernel> emit(Problem problem, Untuned config, Target target, String name) {
    KernelBuilder k =
        KernelBuilder.overlapping(name, target, RowCopyBody.threads(problem.rowBytes));
    new RowCopyBody(k, problem.rowBytes, problem.tableRows).emit();
    return List.of(k.build());
  }

  @Override
  public Launches launches(
      Embedding op, StepContext context, Problem problem, Untuned config, List<Kernel> kernels) {
    return Launches.of(
        LaunchBuilder.of(kernels.getFirst())
            .grid(Rows.count(context.operand(op.out())))
            .pointer(op.table())
            .pointer(op.ids())
            .pointer(op.out())
            .build());
  }
}
