package dev.lathe.cli.bench;

import dev.lathe.cli.console.Console;
import dev.lathe.cli.console.Log;
import dev.lathe.cli.wiring.EngineDirectory;
import dev.lathe.cli.wiring.MachineTarget;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.runtime.DeviceChoice;
import dev.lathe.runtime.Engine;
import dev.lathe.runtime.EngineOptions;
import dev.lathe.runtime.cuda.CudaDevice;
import dev.lathe.runtime.cuda.PlanTimer;
import dev.lathe.runtime.measure.DeviceRates;
import dev.lathe.runtime.measure.PlanCost;
import dev.lathe.runtime.measure.StepGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Times the steps of a plan, each by itself and in turn with PyTorch.
final class KernelsRun {
  private static final Duration TORCH_PATIENCE = Duration.ofSeconds(60);

  private final KernelsOptions options;

  KernelsRun(KernelsOptions options) {
    this.options = options;
  }

  void run(Console console, Log log, boolean json) throws IOException {
    MachineTarget.requireGpu("kernels are measured on a GPU alone");
    KernelsReport report = measure(log);
    ReportFiles.write(
        options.measurement, () -> KernelsJson.of(report), () -> KernelsPage.of(report));
    if (json) {
      console.out().println(KernelsJson.of(report));
    } else {
      new KernelsText(report).lines().forEach(console.out()::println);
    }
  }

  private KernelsReport measure(Log log) {
    EngineOptions cuda = EngineOptions.DEFAULT.withDevice(DeviceChoice.CUDA);
    Engine engine = Engine.load(EngineDirectory.engineFile(options.measurement.engine), cuda);
    boolean lost = false;
    try {
      if (!(engine.device() instanceof CudaDevice device)) {
        throw new IllegalStateException("asked for a GPU and got " + engine.device());
      }
      log.info("running on " + device.description());
      PlanTimer timer = new PlanTimer(device, engine.image());
      try {
        return options.withoutTorch
            ? measure(engine, timer, Optional.empty(), "left out", log)
            : withTorch(engine, timer, log);
      } finally {
        lost = timer.isLost();
        timer.close();
      }
    } finally {
      // Closing the GPU would wait for a kernel that does not end.
      if (!lost) {
        engine.close();
      }
    }
  }

  private KernelsReport withTorch(Engine engine, PlanTimer timer, Log log) {
    return switch (TorchPeer.find(options.python, TORCH_PATIENCE)) {
      case TorchPeer.Search.Missing(String reason) ->
          measure(engine, timer, Optional.empty(), reason, log);
      case TorchPeer.Search.Found(TorchPeer peer, String version) -> {
        try (peer) {
          yield measure(engine, timer, Optional.of(peer), version, log);
        }
      }
    };
  }

  private KernelsReport measure(
      Engine engine, PlanTimer timer, Optional<TorchPeer> peer, String torch, Log log) {
    Manifest manifest = engine.manifest();
    KernelBatch batch =
        KernelBatch.of(options, engine.image().plans(), manifest.limits().maxSequenceLength());
    DeviceRates rates = DeviceRates.of(engine.device(), manifest.model().dtype()).orElseThrow();
    PlanCost costs = new PlanCost(manifest, batch.plan());
    List<KernelFigures> steps = new ArrayList<>();
    for (StepGroup group : StepGroup.of(manifest, batch.plan())) {
      if (!group.kernels().isEmpty()) {
        log.progress(group.name());
        StepDescription description =
            StepDescription.of(group.first().op(), batch.plan(), manifest, batch.load());
        steps.add(figures(group, description, batch, costs, rates, timer, peer));
      }
    }
    return new KernelsReport(
        options.measurement.engine,
        manifest,
        engine.device().description(),
        batch,
        rates,
        torch,
        steps);
  }

  private KernelFigures figures(
      StepGroup group,
      StepDescription description,
      KernelBatch batch,
      PlanCost costs,
      DeviceRates rates,
      PlanTimer timer,
      Optional<TorchPeer> peer) {
    double[] nanos = new double[options.samples];
    double[] torchNanos = new double[options.samples];
    Optional<TorchPeer.Preparation> prepared =
        peer.flatMap(present -> description.torch().map(present::prepare));
    try (PlanTimer.Sampler sampler =
        timer.prepare(batch.plan(), group.first(), batch.sizes(), batch.context())) {
      for (int i = 0; i < nanos.length; i++) {
        nanos[i] = sampler.sample();
        if (prepared.isPresent() && prepared.get() instanceof TorchPeer.Preparation.Ready) {
          torchNanos[i] = peer.orElseThrow().sample();
        }
      }
    }
    return new KernelFigures(
        group,
        description,
        median(nanos),
        costs.of(group.first(), batch.load()),
        rates,
        torch(prepared, torchNanos));
  }

  private static KernelFigures.Torch torch(
      Optional<TorchPeer.Preparation> prepared, double[] nanos) {
    if (prepared.isEmpty()) {
      return new KernelFigures.Torch.Nothing();
    }
    return switch (prepared.get()) {
      case TorchPeer.Preparation.Ready(String method, boolean graph) ->
          new KernelFigures.Torch.Timed(method, graph, median(nanos));
      case TorchPeer.Preparation.Refused(String reason) -> new KernelFigures.Torch.Refused(reason);
    };
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
