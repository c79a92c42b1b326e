package dev.lathe.cli.build;

import dev.lathe.cli.option.UsageError;
import dev.lathe.passes.Pass;
import dev.lathe.passes.Pipeline;
import java.util.ArrayList;
import java.util.List;

/// Where `--stop_after` can end a build: after the import, after any pass, after planning.
final class StopStage {
  static final String IMPORT = "import";
  static final String PLAN = "plan";

  private StopStage() {}

  /// True for the stages that are no pass over the graph.
  static boolean isOutsideOfPasses(String stage) {
    return stage.equals(IMPORT) || stage.equals(PLAN);
  }

  /// @throws UsageError if there is no such stage
  static void check(String stage) {
    List<String> stages = new ArrayList<>(List.of(IMPORT));
    Pipeline.standard(1).stream().map(Pass::name).forEach(stages::add);
    stages.add(PLAN);
    if (!stages.contains(stage)) {
      throw new UsageError(
          "--stop_after is " + stage + ", which is no stage",
          "the stages are " + String.join(", ", stages));
    }
  }
}
