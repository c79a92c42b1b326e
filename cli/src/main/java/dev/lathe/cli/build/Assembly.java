package dev.lathe.cli.build;

import dev.lathe.engine.file.EngineContent.Kernel;
import dev.lathe.engine.v1.KernelEntry;
import dev.lathe.passes.select.Lowering.KernelSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/// Assembles the kernels of an engine, several at a time.
final class Assembly {
  private Assembly() {}

  /// The kernels with machine code where there is an assembler.
  ///
  /// @param assembler machine code of a PTX text; empty: the kernels stay texts, which the driver
  ///     assembles when the engine is loaded
  static List<Kernel> of(
      List<KernelSource> sources, Optional<Function<String, byte[]>> assembler, int workers) {
    if (assembler.isEmpty()) {
      return sources.stream()
          .map(source -> kernel(source.entry(), source.ptx(), Optional.empty()))
          .toList();
    }
    try (ExecutorService pool = Executors.newFixedThreadPool(workers)) {
      List<Future<Kernel>> pending =
          sources.stream()
              .map(source -> pool.submit(() -> assembled(source, assembler.get())))
              .toList();
      List<Kernel> kernels = new ArrayList<>();
      for (Future<Kernel> kernel : pending) {
        kernels.add(await(kernel));
      }
      return kernels;
    }
  }

  private static Kernel assembled(KernelSource source, Function<String, byte[]> assembler) {
    return kernel(source.entry(), source.ptx(), Optional.of(assembler.apply(source.ptx())));
  }

  private static Kernel kernel(KernelEntry entry, String ptx, Optional<byte[]> cubin) {
    KernelEntry marked =
        new KernelEntry(
            entry.name(),
            entry.template(),
            entry.config(),
            entry.threads(),
            entry.sharedBytes(),
            entry.startsEarly(),
            cubin.isPresent());
    return new Kernel(marked, ptx, cubin);
  }

  private static Kernel await(Future<Kernel> kernel) {
    try {
      return kernel.get();
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("a kernel cannot be assembled", failed.getCause());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while kernels were assembled", interrupted);
    }
  }
}
