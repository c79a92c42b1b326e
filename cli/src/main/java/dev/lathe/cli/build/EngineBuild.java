package dev.lathe.cli.build;

import dev.lathe.cli.console.Amounts;
import dev.lathe.cli.console.Log;
import dev.lathe.cli.console.Version;
import dev.lathe.cli.wiring.EngineDirectory;
import dev.lathe.cli.wiring.KernelToolchain;
import dev.lathe.cli.wiring.MachineTarget;
import dev.lathe.engine.file.EngineContent;
import dev.lathe.engine.file.EngineWriter;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.frontend.ImportedModel;
import dev.lathe.frontend.spi.ImportOptions;
import dev.lathe.ir.Graph;
import dev.lathe.passes.PassManager;
import dev.lathe.passes.Pipeline;
import dev.lathe.passes.explain.GraphPicture;
import dev.lathe.passes.explain.PlanTable;
import dev.lathe.passes.plan.CompiledModel;
import dev.lathe.passes.plan.PlanRequest;
import dev.lathe.passes.plan.Planner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// One build, phase by phase. Each phase gives an immutable value to the next; a command that stops
/// early calls fewer of them.
final class EngineBuild {
  private final BuildRequest request;
  private final SourceModel source;
  private final Phases phases;
  private final Log log;
  private final String target;

  EngineBuild(BuildRequest request, SourceModel source, Phases phases, Log log) {
    this.request = request;
    this.source = source;
    this.phases = phases;
    this.log = log;
    this.target = request.target().orElseGet(() -> new MachineTarget(log).find());
  }

  /// The graph as the checkpoint defines it.
  ImportedModel importModel() throws IOException {
    ImportOptions options = new ImportOptions(request.dtype(), request.limits().sequenceLength());
    ImportedModel model = phases.time("import", () -> source.load(options));
    log.info(
        model.config().architecture()
            + ", "
            + model.config().layers()
            + " layers, "
            + EngineConfig.name(model.dtype())
            + ", "
            + Amounts.bytes(source.tensorBytes())
            + " of tensors");
    return model;
  }

  /// The limits for the model, and a note for each that is not what one would expect.
  Manifest.Limits limits(ImportedModel model) {
    RequestedLimits.Resolved resolved =
        request.limits().resolve(OptionalInt.of(model.config().maxPositions()));
    resolved.notes().forEach(log::warning);
    return resolved.limits();
  }

  /// The graph after the passes, or after the one that the request stops at.
  PassManager.Result optimize(Graph graph, Manifest.Limits limits) throws IOException {
    PassManager passes =
        new PassManager(
            Pipeline.standard(limits.maxSequenceLength()),
            request.artifacts().dumpIr,
            request.artifacts().stopAfter.filter(stage -> !StopStage.isOutsideOfPasses(stage)));
    PassManager.Result result = phases.time("optimize", () -> passes.run(graph));
    result.report().text().lines().forEach(log::debug);
    if (request.artifacts().picture.isPresent()) {
      Path picture = request.artifacts().picture.get();
      Files.writeString(picture, GraphPicture.of(result.graph(), picture.toString()));
    }
    return result;
  }

  /// Steps, kernels and memory for each profile.
  CompiledModel plan(Graph graph, Manifest.Limits limits) throws IOException {
    PlanRequest wanted =
        new PlanRequest(
            limits, request.limits().tokensPerBlock(), target, KernelToolchain.catalog(target));
    CompiledModel compiled = phases.time("plan", () -> Planner.plan(graph, wanted));
    if (request.artifacts().profilingVerbosity.equals(ArtifactOptions.DETAILED)) {
      compiled.plans().stream().flatMap(plan -> PlanTable.of(plan).lines()).forEach(log::info);
    }
    return compiled;
  }

  /// The kernels, with machine code where it can be made.
  List<EngineContent.Kernel> assemble(CompiledModel compiled) throws IOException {
    return phases.time(
        "assemble",
        () ->
            Assembly.of(
                compiled.kernels(),
                compiled.kernels().isEmpty()
                    ? Optional.empty()
                    : KernelToolchain.assembler(target, log),
                request.workers()));
  }

  /// Evaluates the weights into the engine file.
  EngineWriter.Written write(
      ImportedModel model, CompiledModel compiled, List<EngineContent.Kernel> kernels)
      throws IOException {
    EngineContent content = new ContentAssembly(model, compiled, kernels, source).content();
    String config = EngineConfig.text(Version.text(), model.config(), model.dtype(), compiled);
    EngineWriter writer =
        new EngineWriter(EngineWriter.Options.of(request.workers(), this::showProgress));
    Path directory = request.artifacts().outputDirectory;
    return phases.time(
        BuildSummary.WRITE,
        () -> {
          EngineWriter.Written written =
              writer.writeDirectory(content, source.tensors(), directory, config);
          source.checkUnchanged();
          return written;
        });
  }

  /// Leaves the timings where the next build can take them from: none, as nothing was timed.
  void writeTimings() throws IOException {
    Path directory = request.artifacts().outputDirectory;
    Path file = request.tuning().outputTimings.orElse(directory.resolve("timing.cache"));
    Files.writeString(file, "");
  }

  BuildSummary summary(
      CompiledModel compiled,
      List<EngineContent.Kernel> kernels,
      EngineWriter.Written written,
      MemoryWatch.Peak peak) {
    return new BuildSummary(
        written.file(),
        target,
        written.bytes(),
        compiled.weights().size(),
        compiled.weightBytes(),
        kernels.size(),
        (int) kernels.stream().filter(kernel -> kernel.cubin().isPresent()).count(),
        phases.seconds(),
        peak);
  }

  private void showProgress(long doneBytes, long totalBytes) {
    log.progress(
        EngineDirectory.ENGINE
            + ": "
            + Amounts.bytes(doneBytes)
            + " of "
            + Amounts.bytes(totalBytes));
  }
}
