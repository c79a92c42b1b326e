package dev.lathe.cli.build;

import dev.lathe.cli.console.Console;
import dev.lathe.cli.console.Log;
import dev.lathe.cli.wiring.TimingGpu;
import dev.lathe.engine.file.EngineContent;
import dev.lathe.engine.file.EngineWriter;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.frontend.ImportedModel;
import dev.lathe.ir.Graph;
import dev.lathe.ir.text.IrPrinter;
import dev.lathe.passes.explain.PlanTable;
import dev.lathe.passes.plan.CompiledModel;
import dev.lathe.passes.tune.Tuning;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Carries out a request: as many phases of the build as it asks for, then the answer.
///
/// @param gpu on which kernels can be timed
/// @param json true if the answer is one JSON object
record BuildRun(BuildRequest request, TimingGpu gpu, Console console, Log log, boolean json) {

  void run() throws IOException {
    Phases phases = new Phases(log);
    try (MemoryWatch memory = new MemoryWatch();
        SourceModel source = phases.time("read", () -> SourceModel.open(request))) {
      run(new EngineBuild(request, source, gpu, phases, log), memory);
    }
  }

  private void run(EngineBuild build, MemoryWatch memory) throws IOException {
    Optional<String> stop = request.artifacts().stopAfter;
    ImportedModel model = build.importModel();
    Manifest.Limits limits = build.limits(model);
    if (stop.filter(StopStage.IMPORT::equals).isPresent()) {
      console.out().print(IrPrinter.print(model.graph()));
      return;
    }
    Graph graph = build.optimize(model.graph(), limits).graph();
    if (stop.filter(stage -> !stage.equals(StopStage.PLAN)).isPresent()) {
      console.out().print(IrPrinter.print(graph));
      return;
    }
    Tuning tuning = build.tune(graph, limits);
    CompiledModel compiled = build.plan(graph, limits, tuning);
    if (stop.isPresent()) {
      compiled.plans().forEach(plan -> console.out().println(PlanTable.of(plan)));
    } else if (request.artifacts().dryRun) {
      console.out().print(DryRunReport.text(model, compiled, json));
    } else {
      write(build, model, compiled, tuning, memory);
    }
  }

  private void write(
      EngineBuild build,
      ImportedModel model,
      CompiledModel compiled,
      Tuning tuning,
      MemoryWatch memory)
      throws IOException {
    List<EngineContent.Kernel> kernels = build.assemble(compiled);
    EngineWriter.Written written = build.write(model, compiled, kernels, tuning);
    build.writeTimings(tuning);
    BuildSummary summary = build.summary(compiled, kernels, tuning, written, memory.peak());
    if (json) {
      console.out().println(summary.json());
    } else {
      summary.lines().forEach(console.out()::println);
    }
  }
}
