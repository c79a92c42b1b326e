package dev.lathe.cli.inspect;

import dev.lathe.cli.console.Amounts;
import dev.lathe.cli.console.TextTable;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Buffer;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// What `--plan` prints: the steps of one forward pass in order, and the buffers between them.
final class PlanText {
  private PlanText() {}

  static List<String> lines(Plan plan) {
    List<String> lines = new ArrayList<>();
    lines.add("Plan " + plan.profile().name() + ": " + Overview.batches(plan.profile()));
    lines.add(
        "T: tokens of the step, S: sequences, R: rows of logits, @: a weight, [x, y, z]: blocks of"
            + " the launch");
    lines.add("");
    lines.addAll(steps(plan).lines());
    lines.add("");
    lines.addAll(buffers(plan).lines());
    return lines;
  }

  private static TextTable steps(Plan plan) {
    TextTable table = new TextTable("#", "step", "computes", "on the GPU");
    int number = 1;
    for (Step step : plan.steps()) {
      table.row(number++, step.name(), StepText.of(step.op()), StepText.launches(step));
    }
    return table;
  }

  private static TextTable buffers(Plan plan) {
    TextTable table = new TextTable("buffer", "type", "shape", "at most", "where");
    for (Buffer buffer : plan.buffers()) {
      table.row(
          buffer.name(),
          buffer.dtype().text(),
          shape(buffer.shape()),
          Amounts.bytes(buffer.bytes(plan.profile().max())),
          place(buffer.storage()));
    }
    return table;
  }

  private static String shape(List<SizeExpr> shape) {
    return shape.stream().map(SizeExpr::text).collect(Collectors.joining(", ", "(", ")"));
  }

  private static String place(Buffer.Storage storage) {
    return switch (storage) {
      case Buffer.Storage.Arena(long offset) -> "arena at " + offset;
      case Buffer.Storage.Input(var input) -> "filled before: " + lower(input);
      case Buffer.Storage.Output(var kind) -> "read after: " + lower(kind);
      case Buffer.Storage.KvCache(int layer, var part) ->
          "KV cache of layer " + layer + ", " + lower(part);
    };
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
