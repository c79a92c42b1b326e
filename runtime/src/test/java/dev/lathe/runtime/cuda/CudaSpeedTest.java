package dev.lathe.runtime.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.WeightEntry;
import dev.lathe.engine.weight.WeightExpr;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/// Reports what the driver costs on this machine; the bounds only catch what is badly wrong.
@Tag("gpu")
final class CudaSpeedTest {
  private static final long COPY_BYTES = 256L << 20;
  private static final int COPIES = 8;
  private static final int LAUNCHES = 10_000;
  private static final int NODES = 1000;

  private final CudaDevice device = CudaDevice.open(CudaOptions.DEFAULT);
  private final CudaContext context = device.context();
  private final HandleStack handles = new HandleStack();
  private final Arena arena = Arena.ofShared();
  private CudaStream stream;

  @BeforeEach
  void makeCurrent() {
    context.makeCurrent();
    stream = handles.add(context.stream());
  }

  @AfterEach
  void closeAll() {
    handles.close();
    arena.close();
    device.close();
  }

  @Test
  void pinnedCopiesAreFast(TestReporter reporter) {
    PinnedBuffer host = handles.add(context.allocatePinned(COPY_BYTES, "test"));
    DeviceBuffer buffer = handles.add(context.allocate(COPY_BYTES, "test"));

    double up =
        gigabytesPerSecond(() -> stream.copyToDevice(buffer.address(), host, 0, COPY_BYTES));
    double down =
        gigabytesPerSecond(() -> stream.copyToHost(host, 0, buffer.address(), COPY_BYTES));

    reporter.publishEntry("pinned copy, host to device", text(up, "GB/s"));
    reporter.publishEntry("pinned copy, device to host", text(down, "GB/s"));
    assertThat(up).isGreaterThan(1);
  }

  @Test
  void launchesAreCheap(TestReporter reporter) {
    Consumer<CudaStream> launch = emptyLaunch();
    for (int i = 0; i < LAUNCHES; i++) {
      launch.accept(stream);
    }
    stream.synchronize();
    long start = System.nanoTime();
    for (int i = 0; i < LAUNCHES; i++) {
      launch.accept(stream);
    }
    stream.synchronize();
    double direct = (System.nanoTime() - start) / (double) LAUNCHES;

    double node = KernelBench.nanos(context, List.of(launch), NODES);

    reporter.publishEntry("plain launch", text(direct, "ns"));
    reporter.publishEntry("graph node", text(node, "ns"));
    assertThat(node).isLessThan(direct + 1000);
  }

  @Test
  void weightsLoadThroughPinnedBuffersFasterThanADiskReads(TestReporter reporter) {
    long part = 1L << 30;
    MemorySegment bytes = arena.allocate(part, 4096);
    bytes.fill((byte) 1);
    List<WeightEntry> entries = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      entries.add(
          new WeightEntry(
              "w" + i, DType.U8, List.of(part), 0, i * part, part, new WeightExpr.Tensor("w")));
    }
    TestEngine engine = new TestEngine(entries, List.of(), List.of(), "sm_80", _ -> bytes);
    long start = System.nanoTime();

    handles.add(WeightMemory.upload(context, engine));

    double seconds = (System.nanoTime() - start) / 1e9;
    reporter.publishEntry("4.3 GB of weights", text(seconds, "s"));
    assertThat(seconds).isLessThan(30);
  }

  private Consumer<CudaStream> emptyLaunch() {
    CudaFunction add =
        handles
            .add(context.load("vector_add", TestKernels.ptx("vector_add")))
            .function("vector_add", TestKernels.THREADS, 0);
    KernelArguments arguments = new KernelArguments(arena, 4).putInt(3, 0);
    return to -> add.launch(to, 1, 1, 1, arguments);
  }

  private double gigabytesPerSecond(Runnable copy) {
    copy.run();
    stream.synchronize();
    long start = System.nanoTime();
    for (int i = 0; i < COPIES; i++) {
      copy.run();
    }
    stream.synchronize();
    return COPIES * (double) COPY_BYTES / (System.nanoTime() - start);
  }

  private static String text(double value, String unit) {
    return String.format(Locale.ROOT, "%.2f %s", value, unit);
  }
}
