package dev.lathe.runtime.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.sun.management.ThreadMXBean;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.BatchInput;
import dev.lathe.engine.v1.Buffer;
import dev.lathe.engine.v1.Buffer.Storage;
import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.Launch.Argument;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Profile;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.Step;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.engine.v1.WeightEntry;
import dev.lathe.engine.weight.WeightExpr;
import dev.lathe.runtime.device.Batch;
import dev.lathe.runtime.device.DeviceLimits;
import dev.lathe.runtime.device.StepExecutor;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Runs a plan of two kernels whose results show which inputs, weights and caches they were given.
@Tag("gpu")
final class CudaStepExecutorTest {
  private static final int VOCABULARY = 100;
  private static final int TABLE_ENTRY = 10_000;
  private static final int CONSTANT = -3;
  private static final int TICKS = 20_000;
  private static final DeviceLimits LIMITS = new DeviceLimits(0.5, OptionalInt.of(9), false);

  @Test
  void aMixedBatchRunsWithItsOwnSizes() {
    onGpu(
        true,
        LIMITS,
        executor -> {
          executor.execute(batch(Profile.Kind.MIXED, 5, 0));

          assertThat(tokens(executor, 5)).containsExactly(expected(5, 0));
          assertThat(executor.kvBlocks()).isEqualTo(9);
        });
  }

  @Test
  void aDecodeBatchGivesTheSameFromItsFirstRunAndFromItsGraph() {
    onGpu(
        true,
        LIMITS,
        executor -> {
          for (int count : new int[] {3, 4, 3, 33, 40, 1, 3}) {
            executor.execute(batch(Profile.Kind.DECODE, count, 0));
            assertThat(tokens(executor, count)).containsExactly(expected(count, 0));
          }
        });
  }

  @Test
  void graphsAreRecordedAnewWhenTheAdjustmentsOutgrowTheirMemory() {
    onGpu(
        true,
        LIMITS,
        executor -> {
          for (int adjustments : new int[] {1, 1, 5000, 1, 0}) {
            executor.execute(batch(Profile.Kind.DECODE, 3, adjustments));
            assertThat(tokens(executor, 3)).containsExactly(expected(3, adjustments));
          }
        });
  }

  @Test
  void logitsOfARowAreRead() {
    onGpu(
        false,
        LIMITS,
        executor -> {
          executor.execute(batch(Profile.Kind.DECODE, 3, 0));
          float[] logits = new float[VOCABULARY];

          executor.readLogits(2, logits);

          assertThat(logits[0]).isEqualTo(2);
          assertThat(logits[99]).isEqualTo(2 + 99 * 0.25f);
          assertThatThrownBy(() -> executor.readLogits(3, logits))
              .isInstanceOf(IllegalStateException.class);
        });
  }

  @Test
  void profilingCountsTheLaunchesOfEachKernel() {
    for (boolean graphs : new boolean[] {true, false}) {
      onGpu(
          graphs,
          new DeviceLimits(0.5, OptionalInt.of(9), true),
          CudaStepExecutorTest::assertThatLaunchesAreCounted);
    }
  }

  private static void assertThatLaunchesAreCounted(StepExecutor executor) {
    executor.execute(batch(Profile.Kind.DECODE, 3, 0));
    executor.execute(batch(Profile.Kind.MIXED, 5, 0));

    assertThat(executor.kernelTimes())
        .extracting(StepExecutor.KernelTime::step, StepExecutor.KernelTime::launches)
        .containsExactlyInAnyOrder(tuple("Custom echo", 2L), tuple("Custom ramp", 2L));
    assertThat(tokens(executor, 3)).containsExactly(expected(3, 0));
    assertThat(tokens(executor, 5)).containsExactly(expected(5, 0));
  }

  @Test
  void aDecodeTickAllocatesNoObjectsAfterItsGraphIsRecorded() {
    onGpu(
        true,
        LIMITS,
        executor -> {
          Batch batch = batch(Profile.Kind.DECODE, 7, 20);
          int[] tokens = new int[7];
          runTicks(executor, batch, tokens);
          ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
          long before = threads.getCurrentThreadAllocatedBytes();

          runTicks(executor, batch, tokens);

          assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(TICKS);
        });
  }

  private static void runTicks(StepExecutor executor, Batch batch, int[] tokens) {
    for (int i = 0; i < TICKS; i++) {
      executor.execute(batch);
      executor.readTokens(tokens);
    }
  }

  @Test
  void anotherThreadMayRunTheSession() {
    onGpu(
        true,
        LIMITS,
        executor -> {
          Thread thread =
              Thread.ofPlatform().start(() -> executor.execute(batch(Profile.Kind.DECODE, 2, 0)));
          join(thread);

          assertThat(tokens(executor, 2)).containsExactly(expected(2, 0));
        });
  }

  @Test
  void aBatchThatNoPlanFitsIsABug() {
    onGpu(
        true,
        LIMITS,
        executor ->
            assertThatThrownBy(() -> executor.execute(batch(Profile.Kind.MIXED, 65, 0)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("65"));
  }

  private interface Use {
    void run(StepExecutor executor);
  }

  private static void onGpu(boolean graphs, DeviceLimits limits, Use use) {
    CudaOptions options = new CudaOptions(0, graphs, !graphs, List.of());
    try (CudaDevice device = CudaDevice.open(options)) {
      try (StepExecutor executor = device.open(engine(), limits)) {
        use.run(executor);
      }
      assertThat(device.context().openHandles()).as("handles left open").isZero();
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException exception) {
      throw new IllegalStateException(exception);
    }
  }

  private static int[] tokens(StepExecutor executor, int count) {
    int[] tokens = new int[count];
    executor.readTokens(tokens);
    return tokens;
  }

  /// What `echo` computes: adjustments all have token 1, and belong to the last row.
  private static int[] expected(int count, int adjustments) {
    int[] tokens = new int[count];
    for (int i = 0; i < count; i++) {
      tokens[i] = 7 + i + 100 * (2 * i) + TABLE_ENTRY + CONSTANT;
    }
    tokens[count - 1] += adjustments;
    return tokens;
  }

  private static Batch batch(Profile.Kind kind, int count, int adjustments) {
    Batch batch = new Batch();
    int[] ids = batch.ints(BatchInput.TOKEN_IDS, count);
    int[] slots = batch.ints(BatchInput.SLOTS, count);
    int[] starts = batch.ints(BatchInput.ADJUSTMENT_STARTS, count + 1);
    int[] adjusted = batch.ints(BatchInput.ADJUSTMENT_TOKENS, adjustments);
    for (int i = 0; i < count; i++) {
      ids[i] = 7 + i;
      slots[i] = 2 * i;
    }
    starts[count] = adjustments;
    Arrays.fill(adjusted, 1);
    batch.shape(kind, new Sizes(count, Math.min(count, TestEngine.BATCH), count), adjustments);
    return batch;
  }

  private static TestEngine engine() {
    MemorySegment table = MemorySegment.ofArray(new int[] {0, TABLE_ENTRY});
    WeightEntry weight =
        new WeightEntry("table", DType.I32, List.of(2L), 0, 0, 8, new WeightExpr.Tensor("table"));
    List<Plan> plans =
        List.of(
            plan("decode", Profile.Kind.DECODE, new Sizes(32, 32, 32)),
            plan("mixed", Profile.Kind.MIXED, new Sizes(64, TestEngine.BATCH, 64)));
    return new TestEngine(List.of(weight), List.of("echo", "ramp"), plans, "sm_80", _ -> table);
  }

  private static Plan plan(String name, Profile.Kind kind, Sizes max) {
    List<Buffer> buffers =
        List.of(
            input("ids", BatchInput.TOKEN_IDS),
            input("slots", BatchInput.SLOTS),
            input("starts", BatchInput.ADJUSTMENT_STARTS),
            input("adjusted", BatchInput.ADJUSTMENT_TOKENS),
            new Buffer(
                "values", DType.BF16, List.of(), new Storage.KvCache(1, Buffer.KvPart.VALUES)),
            new Buffer(
                "tokens",
                DType.I32,
                List.of(SizeExpr.LOGIT_ROWS),
                new Storage.Output(Buffer.OutputKind.TOKENS)),
            new Buffer(
                "logits",
                DType.F32,
                List.of(SizeExpr.LOGIT_ROWS, SizeExpr.of(VOCABULARY)),
                new Storage.Output(Buffer.OutputKind.LOGITS)));
    return new Plan(
        new Profile(name, kind, max), buffers, List.of(step(echo()), step(ramp())), 256);
  }

  private static Buffer input(String name, BatchInput input) {
    return new Buffer(name, input.dtype(), List.of(SizeExpr.TOKENS), new Storage.Input(input));
  }

  private static Launch echo() {
    List<Argument> arguments =
        List.of(
            pointer("tokens"),
            pointer("ids"),
            pointer("slots"),
            pointer("@table"),
            pointer("values"),
            pointer("starts"),
            pointer("adjusted"),
            new Argument.Size(SizeExpr.LOGIT_ROWS),
            new Argument.Int(CONSTANT));
    SizeExpr blocks = SizeExpr.LOGIT_ROWS.ceilDiv(TestKernels.THREADS);
    return new Launch("echo", blocks, SizeExpr.of(1), SizeExpr.of(1), arguments);
  }

  private static Launch ramp() {
    List<Argument> arguments =
        List.of(pointer("logits"), new Argument.Int(VOCABULARY), new Argument.Float(0.25f));
    return new Launch("ramp", SizeExpr.of(1), SizeExpr.LOGIT_ROWS, SizeExpr.of(1), arguments);
  }

  private static Argument pointer(String name) {
    return new Argument.Pointer(new Ref(name));
  }

  private static Step step(Launch launch) {
    return new Step(
        launch.kernel(),
        new StepOp.Custom(launch.kernel(), List.of(), List.of(), Map.of()),
        List.of(launch));
  }
}
