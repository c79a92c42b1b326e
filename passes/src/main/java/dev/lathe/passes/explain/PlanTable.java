package dev.lathe.passes.explain;

import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Buffer;
import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.Step;
import dev.lathe.passes.plan.StepOperands;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// The steps of a plan, one a line: what each reads and writes, and by which kernels.
public final class PlanTable {
  private final Plan plan;

  private PlanTable(Plan plan) {
    this.plan = plan;
  }

  public static String of(Plan plan) {
    return new PlanTable(plan).text();
  }

  private String text() {
    Columns table = new Columns("step", "op", "reads", "writes", "weights", "kernels", "written");
    for (Step step : plan.steps()) {
      StepOperands operands = StepOperands.of(step.op());
      table.row(
          step.name(),
          step.op().getClass().getSimpleName(),
          names(operands.reads().stream().filter(ref -> !ref.isWeight()).toList()),
          names(operands.writes()),
          names(operands.reads().stream().filter(Ref::isWeight).toList()),
          step.launches().stream().map(Launch::kernel).collect(Collectors.joining(", ")),
          Bytes.text(operands.writes().stream().mapToLong(this::bytes).sum()));
    }
    String head =
        String.format(
            Locale.ROOT,
            "plan %s: T <= %d, S <= %d, R <= %d; activations %s\n\n",
            plan.profile().name(),
            plan.profile().max().tokens(),
            plan.profile().max().sequences(),
            plan.profile().max().logitRows(),
            Bytes.text(plan.arenaBytes()));
    return head + table.text() + "\n" + buffers();
  }

  private String buffers() {
    Columns table = new Columns("buffer", "type", "bytes", "place");
    for (Buffer buffer : plan.buffers()) {
      String shape = buffer.shape().stream().map(SizeExpr::text).collect(Collectors.joining(" x "));
      table.row(
          buffer.name(),
          "(" + shape + ") " + buffer.dtype().text(),
          Bytes.text(bytes(Ref.buffer(buffer.name()))),
          place(buffer.storage()));
    }
    return table.text();
  }

  private static String place(Buffer.Storage storage) {
    return switch (storage) {
      case Buffer.Storage.Arena(long offset) -> "arena + " + offset;
      case Buffer.Storage.Input _ -> "input";
      case Buffer.Storage.Output _ -> "output";
      case Buffer.Storage.KvCache _ -> "KV pool";
    };
  }

  private static String names(List<Ref> refs) {
    return refs.stream().map(Ref::name).collect(Collectors.joining(", "));
  }

  /// At the greatest sizes; what only the runtime knows counts as nothing.
  private long bytes(Ref ref) {
    Buffer buffer = plan.buffer(ref.name());
    return buffer.shape().isEmpty() ? 0 : buffer.bytes(plan.profile().max());
  }
}
