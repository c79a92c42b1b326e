package dev.lathe.runtime.cuda;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.KernelEntry;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.WeightEntry;
import dev.lathe.runtime.device.EngineImage;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// An engine in memory: two KV layers of blocks of `(2 heads, 4 tokens, 8)` bf16, sequences of at
/// most 16 tokens.
record TestEngine(
    List<WeightEntry> weights,
    List<String> kernels,
    List<Plan> plans,
    String target,
    Function<WeightEntry, MemorySegment> bytes)
    implements EngineImage {
  static final int BATCH = 40;
  static final int BLOCKS_PER_SEQUENCE = 4;

  @Override
  public Manifest manifest() {
    Manifest.Model model =
        new Manifest.Model("Test", DType.BF16, 0, 2, 8, 100, 16, Optional.empty(), List.of());
    return new Manifest(
        Manifest.FORMAT_VERSION,
        "test",
        target,
        model,
        new Manifest.Limits(BATCH, 16, 16, 64, false),
        new Manifest.KvCache(2, 2, 8, 4, DType.BF16),
        plans.stream().map(plan -> plan.profile().name()).toList(),
        kernels.stream().map(TestEngine::kernel).toList(),
        weights,
        List.of());
  }

  private static KernelEntry kernel(String name) {
    return new KernelEntry(name, "test", Map.of(), TestKernels.THREADS, 0, false, false);
  }

  @Override
  public MemorySegment weight(WeightEntry entry) {
    return bytes.apply(entry);
  }

  @Override
  public MemorySegment ptx(String kernel) {
    return TestKernels.ptx(kernel);
  }

  @Override
  public MemorySegment cubin(String kernel) {
    throw new IllegalStateException(kernel + " has no machine code");
  }
}
