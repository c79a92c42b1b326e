package dev.lathe.codegen.catalog;

import dev.lathe.codegen.kernel.KernelTemplate;
import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.engine.v1.KernelEntry;
import dev.lathe.passes.select.Lowering.KernelSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// The kernels that were emitted last: the layers of a model want the same ones, one after another.
/// Safe for use by many threads.
final class EmittedKernels {
  /// More than the steps of one layer have; kernels before they are text take much memory.
  private static final int MOST = 48;

  private final Map<Key, Emitted> recent =
      new LinkedHashMap<>(MOST, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Emitted> eldest) {
          return size() > MOST;
        }
      };

  private record Key(String template, Record problem, Record config, Target target) {}

  /// @param sources the same kernels as text
  record Emitted(List<Kernel> kernels, List<KernelSource> sources) {
    Emitted {
      kernels = List.copyOf(kernels);
      sources = List.copyOf(sources);
    }
  }

  /// The kernels of a configuration, under their names.
  <P extends Record, C extends Record> Emitted of(
      KernelTemplate<?, P, C> template, P problem, C config, Target target) {
    return known(
        new Key(template.id(), problem, config, target),
        () -> emit(template, problem, config, target));
  }

  private Emitted known(Key key, Supplier<Emitted> emission) {
    synchronized (recent) {
      Emitted emitted = recent.get(key);
      if (emitted != null) {
        return emitted;
      }
    }
    Emitted emitted = emission.get();
    synchronized (recent) {
      recent.put(key, emitted);
    }
    return emitted;
  }

  private static <P extends Record, C extends Record> Emitted emit(
      KernelTemplate<?, P, C> template, P problem, C config, Target target) {
    List<Kernel> kernels =
        KernelName.give(
            template.id(), config, template.emit(problem, config, target, KernelName.NONE));
    return new Emitted(
        kernels, kernels.stream().map(kernel -> source(template.id(), config, kernel)).toList());
  }

  private static KernelSource source(String template, Record config, Kernel kernel) {
    return new KernelSource(
        new KernelEntry(
            kernel.name(),
            template,
            KernelName.components(config),
            kernel.threads(),
            kernel.sharedBytes(),
            kernel.startsEarly(),
            false),
        kernel.ptx());
  }
}
