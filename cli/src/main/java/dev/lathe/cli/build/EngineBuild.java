package dev.lathe.cli.build;

import dev.lathe.cli.console.Amounts;
import dev.lathe.cli.console.Log;
import dev.lathe.cli.console.Version;
import dev.lathe.cli.wiring.EngineDirectory;
import dev.lathe.cli.wiring.KernelToolchain;
import dev.lathe.cli.wiring.MachineTarget;
import dev.lathe.cli.wiring.TimingGpu;
import dev.lathe.engine.file.EngineContent;
import dev.lathe.engine.file.EngineWriter;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.frontend.ImportedModel;
import dev.lathe.frontend.checkpoint.CheckpointFile;
import dev.lathe.frontend.spi.ImportOptions;
import dev.lathe.ir.Graph;
import dev.lathe.passes.PassManager;
import dev.lathe.passes.Pipeline;
import dev.lathe.passes.explain.GraphPicture;
import dev.lathe.passes.explain.PlanTable;
import dev.lathe.passes.plan.CompiledModel;
import dev.lathe.passes.plan.PlanRequest;
import dev.lathe.passes.plan.Planner;
import dev.lathe.passes.select.CandidateCatalog;
import dev.lathe.passes.select.KernelCatalog;
import dev.lathe.passes.select.PlannedStep;
import dev.lathe.passes.tune.TunedCatalog;
import dev.lathe.passes.tune.Tuning;
import dev.lathe.runtime.text.Tokenizer;
import dev.lathe.runtime.text.TokenizerLibraryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/// One build, phase by phase. Each phase gives an immutable value to the next; a command that stops
/// early calls fewer of them.
final class EngineBuild {
  private final BuildRequest request;
  private final SourceModel source;
  private final Phases phases;
  private final Log log;
  private final String target;
  private final KernelTuning kernels;
  private Optional<Function<String, byte[]>> assembler = Optional.empty();
  private boolean soughtAssembler;

  /// @param gpu on which kernels can be timed
  EngineBuild(BuildRequest request, SourceModel source, TimingGpu gpu, Phases phases, Log log) {
    this.request = request;
    this.source = source;
    this.phases = phases;
    this.log = log;
    this.target = request.target().orElseGet(() -> new MachineTarget(log).find());
    this.kernels = new KernelTuning(request, target, gpu, log);
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
    if (!request.weightsGenerated()) {
      checkTokenizer();
    }
    return model;
  }

  /// With a tokenizer that cannot be loaded, the engine could not be either.
  private void checkTokenizer() {
    String file = CheckpointFile.TOKENIZER_JSON.fileName();
    byte[] json = source.tokenizerFiles().get(file);
    if (json == null) {
      log.info("no " + file + ": the engine takes and gives token ids");
      return;
    }
    try {
      new Tokenizer(json).close();
    } catch (TokenizerLibraryException missing) {
      log.warning(file + " is not checked: " + missing.sentence());
    }
  }

  /// The limits for the model, and a note for each that is not what one would expect.
  Manifest.Limits limits(ImportedModel model) {
    RequestedLimits.Resolved resolved =
        request
            .limits()
            .resolve(OptionalInt.of(model.config().maxPositions()), model.graph().isEncoder());
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

  /// A kernel for each step of each profile; none for the CPU.
  Tuning tune(Graph graph, Manifest.Limits limits) throws IOException {
    Optional<CandidateCatalog> catalog = KernelToolchain.catalog(target);
    if (catalog.isEmpty()) {
      return Tuning.NONE;
    }
    return phases.time(
        "tune",
        () -> {
          List<PlannedStep> steps =
              Planner.steps(graph, wanted(limits, Optional.of(catalog.get())));
          return kernels.choose(catalog.get(), steps, this::assembler);
        });
  }

  private PlanRequest wanted(Manifest.Limits limits, Optional<KernelCatalog> catalog) {
    return new PlanRequest(limits, request.limits().tokensPerBlock(), target, catalog);
  }

  /// Steps, kernels and memory for each profile.
  CompiledModel plan(Graph graph, Manifest.Limits limits, Tuning tuning) throws IOException {
    Optional<KernelCatalog> tuned =
        KernelToolchain.catalog(target).map(catalog -> new TunedCatalog(catalog, tuning.choices()));
    CompiledModel compiled = phases.time("plan", () -> Planner.plan(graph, wanted(limits, tuned)));
    if (request.artifacts().profilingVerbosity.equals(ArtifactOptions.DETAILED)) {
      compiled.plans().stream().flatMap(plan -> PlanTable.of(plan).lines()).forEach(log::info);
    }
    return compiled;
  }

  private Optional<Function<String, byte[]>> assembler() {
    if (!soughtAssembler) {
      assembler = KernelToolchain.assembler(target, log);
      soughtAssembler = true;
    }
    return assembler;
  }

  /// The kernels, with machine code where it can be made.
  List<EngineContent.Kernel> assemble(CompiledModel compiled) throws IOException {
    return phases.time(
        "assemble",
        () ->
            Assembly.of(
                compiled.kernels(),
                compiled.kernels().isEmpty() ? Optional.empty() : assembler(),
                request.workers()));
  }

  /// Evaluates the weights into the engine file.
  EngineWriter.Written write(
      ImportedModel model,
      CompiledModel compiled,
      List<EngineContent.Kernel> assembled,
      Tuning tuning)
      throws IOException {
    EngineContent content =
        new ContentAssembly(model, compiled, assembled, tuning, source).content();
    String config = EngineConfig.text(Version.text(), model.config(), model.dtype(), compiled);
    EngineWriter writer =
        new EngineWriter(EngineWriter.Options.of(request.workers(), this::showProgress));
    Path directory = request.artifacts().outputDirectory;
    return phases.time(
        BuildSummary.WRITE,
        () -> writer.writeDirectory(content, source.tensors(), directory, config));
  }

  /// Leaves the timings where the next build can take them from.
  void writeTimings(Tuning tuning) throws IOException {
    kernels.keep(tuning);
  }

  BuildSummary summary(
      CompiledModel compiled,
      List<EngineContent.Kernel> assembled,
      Tuning tuning,
      EngineWriter.Written written,
      MemoryWatch.Peak peak) {
    return new BuildSummary(
        written.file(),
        target,
        written.bytes(),
        compiled.weights().size(),
        compiled.weightBytes(),
        assembled.size(),
        (int) assembled.stream().filter(kernel -> kernel.cubin().isPresent()).count(),
        new TuningSummary(kernels.mode(), tuning.counts()),
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
