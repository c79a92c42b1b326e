package dev.lathe.runtime.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.WeightEntry;
import dev.lathe.engine.weight.WeightExpr;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("gpu")
final class WeightMemoryTest {
  private static final long SEED = 20260101;

  private final CudaDevice device = CudaDevice.open(CudaOptions.DEFAULT);
  private final CudaContext context = device.context();

  @AfterEach
  void closeAll() {
    assertThat(context.openHandles()).as("handles left open").isZero();
    device.close();
  }

  @Test
  void everyWeightArrivesAsItIsInTheFile() {
    try (Arena arena = Arena.ofShared()) {
      List<WeightEntry> entries = entries();
      MemorySegment file = randomBytes(arena, 80 << 20);
      Function<WeightEntry, MemorySegment> bytes =
          entry -> file.asSlice(entry.offset(), entry.bytes());
      TestEngine engine = new TestEngine(entries, List.of(), List.of(), "sm_80", bytes);

      try (WeightMemory memory = WeightMemory.upload(context, engine);
          CudaStream stream = context.stream();
          PinnedBuffer host = context.allocatePinned(64 << 20, "test")) {
        for (WeightEntry entry : entries) {
          stream.copyToHost(host, 0, memory.address(entry.name()), entry.bytes());
          stream.synchronize();
          MemorySegment found = host.segment().asSlice(0, entry.bytes());
          assertThat(found.mismatch(bytes.apply(entry))).as(entry.name()).isEqualTo(-1);
        }
      }
    }
  }

  @Test
  void aWeightThatCannotBeReadLeavesNothingOpen() {
    TestEngine engine =
        new TestEngine(
            entries(),
            List.of(),
            List.of(),
            "sm_80",
            entry -> {
              throw new IllegalStateException("no bytes of " + entry.name());
            });

    assertThatThrownBy(() -> WeightMemory.upload(context, engine))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no bytes of");
  }

  /// A large one between many small ones, and a second segment.
  private static List<WeightEntry> entries() {
    List<WeightEntry> entries = new ArrayList<>();
    entries.add(entry("large", 0, 1 << 20, 50_000_001));
    for (int i = 0; i < 100; i++) {
      entries.add(entry("small" + i, 0, i * 8192L, 8000 - i));
    }
    entries.add(entry("last", 1, 512, 3_000_000));
    return entries;
  }

  private static WeightEntry entry(String name, int segment, long offset, long bytes) {
    return new WeightEntry(
        name, DType.U8, List.of(bytes), segment, offset, bytes, new WeightExpr.Tensor(name));
  }

  private static MemorySegment randomBytes(Arena arena, int count) {
    byte[] bytes = new byte[count];
    new Random(SEED).nextBytes(bytes);
    MemorySegment segment = arena.allocate(count, 4096);
    MemorySegment.copy(MemorySegment.ofArray(bytes), 0, segment, 0, count);
    return segment;
  }
}
