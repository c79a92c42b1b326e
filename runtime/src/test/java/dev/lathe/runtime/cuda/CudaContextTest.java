package dev.lathe.runtime.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.engine.error.ExitCode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("gpu")
final class CudaContextTest {
  private static final int COUNT = 1000;
  private static final long BYTES = COUNT * 4L;

  private final CudaDevice device = CudaDevice.open(CudaOptions.DEFAULT);
  private final CudaContext context = device.context();
  private final HandleStack handles = new HandleStack();
  private final Arena arena = Arena.ofConfined();
  private CudaStream stream;
  private PinnedBuffer host;
  private DeviceBuffer left;
  private DeviceBuffer right;
  private DeviceBuffer sum;
  private CudaFunction add;
  private KernelArguments arguments;

  @BeforeEach
  void makeOperands() {
    context.makeCurrent();
    stream = handles.add(context.stream());
    host = handles.add(context.allocatePinned(3 * BYTES, "test"));
    left = handles.add(context.allocate(BYTES, "left"));
    right = handles.add(context.allocate(BYTES, "right"));
    sum = handles.add(context.allocate(BYTES, "sum"));
    add =
        handles
            .add(context.load("vector_add", TestKernels.ptx("vector_add")))
            .function("vector_add", TestKernels.THREADS, 0);
    arguments =
        new KernelArguments(arena, 4)
            .putLong(0, left.address())
            .putLong(1, right.address())
            .putLong(2, sum.address())
            .putInt(3, COUNT);
    for (int i = 0; i < COUNT; i++) {
      host.segment().setAtIndex(ValueLayout.JAVA_FLOAT, i, i);
      host.segment().setAtIndex(ValueLayout.JAVA_FLOAT, COUNT + i, 0.5f);
    }
    stream.copyToDevice(left.address(), host, 0, BYTES);
    stream.copyToDevice(right.address(), host, BYTES, BYTES);
    stream.clear(sum);
  }

  @AfterEach
  void closeAll() {
    handles.close();
    arena.close();
    assertThat(context.openHandles()).as("handles left open").isZero();
    device.close();
  }

  @Test
  void aKernelFromPtxRuns() {
    launch();

    assertThat(result(0)).isEqualTo(0.5f);
    assertThat(result(COUNT - 1)).isEqualTo(COUNT - 0.5f);
  }

  @Test
  void aCapturedLaunchRunsOnlyWhenTheGraphIsLaunched() {
    CudaGraph graph = handles.add(stream.capture(this::launch));
    assertThat(result(7)).isZero();

    graph.upload(stream);
    graph.launch(stream);

    assertThat(result(7)).isEqualTo(7.5f);
  }

  @Test
  void aGraphKeepsTheArgumentsOfItsRecording() {
    CudaGraph graph = handles.add(stream.capture(this::launch));
    arguments.putInt(3, 1);

    graph.launch(stream);

    assertThat(result(7)).isEqualTo(7.5f);
  }

  @Test
  void brokenPtxIsRaisedWithTheAssemblersWords() {
    MemorySegment broken =
        MemorySegment.ofArray(
            ".version 8.0\n.target sm_80\n.address_size 64\n.visible .entry k() { SYNTAX; }"
                .getBytes(StandardCharsets.US_ASCII));

    assertThatThrownBy(() -> context.load("k", broken))
        .isInstanceOf(CudaException.class)
        .hasMessageContaining("kernel k")
        .hasMessageContaining("line");
  }

  @Test
  void tooLargeAnAllocationIsOutOfMemory() {
    assertThatThrownBy(() -> context.allocate(1L << 50, "everything"))
        .isInstanceOfSatisfying(
            CudaException.class,
            error -> {
              assertThat(error.exitCode()).isEqualTo(ExitCode.OUT_OF_MEMORY);
              assertThat(error.sentence()).contains("cuMemAlloc", "everything", "OUT_OF_MEMORY");
            });
  }

  @Test
  void aBlockTooLargeForTheKernelIsRefused() {
    CudaModule module = handles.add(context.load("vector_add", TestKernels.ptx("vector_add")));

    assertThatThrownBy(() -> module.function("vector_add", 4096, 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("4096");
  }

  private void launch() {
    add.launch(stream, Math.ceilDiv(COUNT, TestKernels.THREADS), 1, 1, arguments);
  }

  private float result(int index) {
    stream.copyToHost(host, 2 * BYTES, sum.address(), BYTES);
    stream.synchronize();
    return host.segment().getAtIndex(ValueLayout.JAVA_FLOAT, 2L * COUNT + index);
  }
}
