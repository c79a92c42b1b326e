package dev.lathe.runtime.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Times launches on the GPU alone: they are recorded into a graph, so that the host adds nothing.
/// With variants that read different buffers, none finds its operands in the L2 cache.
final class KernelBench {
  private static final int WARM_UPS = 3;
  private static final int SAMPLES = 21;

  private KernelBench() {}

  /// Median nanoseconds of one launch.
  ///
  /// @param variants each puts one launch into the stream; they take turns
  /// @param launches launches of one sample
  static double nanos(CudaContext context, List<Consumer<CudaStream>> variants, int launches) {
    try (CudaStream stream = context.stream();
        CudaEvent start = context.event(true);
        CudaEvent end = context.event(true);
        CudaGraph graph = stream.capture(() -> takeTurns(variants, launches, stream))) {
      List<Long> samples = new ArrayList<>();
      for (int i = 0; i < WARM_UPS + SAMPLES; i++) {
        start.record(stream);
        graph.launch(stream);
        end.record(stream);
        end.await();
        if (i >= WARM_UPS) {
          samples.add(end.nanosSince(start));
        }
      }
      samples.sort(null);
      return samples.get(SAMPLES / 2) / (double) launches;
    }
  }

  private static void takeTurns(
      List<Consumer<CudaStream>> variants, int launches, CudaStream stream) {
    for (int i = 0; i < launches; i++) {
      variants.get(i % variants.size()).accept(stream);
    }
  }
}
