package dev.lathe.tests.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.cli.console.Console;
import dev.lathe.cli.console.Log;
import dev.lathe.cli.console.LogLevel;
import dev.lathe.cli.wiring.MachineGpu;
import dev.lathe.cli.wiring.TimingGpu.Presence;
import dev.lathe.codegen.catalog.PtxKernelCatalog;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Buffer;
import dev.lathe.engine.v1.Profile;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.passes.select.PlannedStep;
import dev.lathe.passes.select.StepContext;
import dev.lathe.passes.tune.CandidateTimer;
import dev.lathe.passes.tune.Contender;
import dev.lathe.passes.tune.Timing;
import dev.lathe.passes.tune.TuningTask;
import dev.lathe.tests.cli.CommandRun;
import dev.lathe.tests.cli.TestFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

@Tag("gpu")
class TuningOnGpuTest {
  private static final String TARGET = "sm_90a";
  private static final int ROWS = 4096;
  private static final int COLUMNS = 4096;

  @TempDir private Path folder;

  @Test
  void twoKernelsOfOneProblemHaveTimesThatComeAgain(TestReporter reporter) {
    TuningTask first = task();
    TuningTask second = task();
    List<Timing> times;
    List<Timing> again;
    try (CandidateTimer timer = new MachineGpu().open(Optional.empty(), 4, log())) {
      timer.expect(List.of(first, second));
      times = timer.time(first);
      again = timer.time(second);
    }

    for (int i = 0; i < times.size(); i++) {
      long nanos = nanos(times.get(i));
      reporter.publishEntry(
          first.contenders().get(i).label(), nanos + " ns, then " + nanos(again.get(i)) + " ns");
      // The weights alone take 11 us at the speed of the memory.
      assertThat(nanos).isBetween(5_000L, 10_000_000L);
      assertThat(nanos(again.get(i))).isCloseTo(nanos, Percentage.withPercentage(15));
    }
  }

  private static long nanos(Timing timing) {
    return switch (timing) {
      case Timing.Measured(var nanos) -> nanos.median();
      case Timing.Failed(String reason) -> throw new AssertionError(reason);
    };
  }

  /// One row times a matrix, with the best candidates of two templates.
  private static TuningTask task() {
    PlannedStep step = linear();
    List<Contender> all =
        PtxKernelCatalog.builtIn().candidates(step.op(), step.context()).all().stream()
            .map(candidate -> new Contender(candidate, candidate.lower()))
            .toList();
    List<Contender> two =
        Stream.of("linear.skinny", "linear.tile")
            .flatMap(
                id -> all.stream().filter(one -> one.candidate().template().equals(id)).limit(1))
            .toList();
    assertThat(two).hasSize(2);
    return new TuningTask(step, two);
  }

  private static PlannedStep linear() {
    Buffer in = buffer("x", COLUMNS);
    Buffer out = buffer("y", ROWS);
    Ref weight = Ref.weight("w");
    StepOp.Linear op =
        new StepOp.Linear(
            Ref.buffer("x"),
            weight,
            Optional.empty(),
            StepOp.Activation.NONE,
            Optional.empty(),
            Ref.buffer("y"));
    StepContext context =
        new StepContext(
            "linear",
            new Profile("decode", Profile.Kind.DECODE, new Sizes(1, 1, 1)),
            TARGET,
            Map.of(
                Ref.buffer("x"),
                new StepContext.Operand(DType.BF16, in.shape()),
                Ref.buffer("y"),
                new StepContext.Operand(DType.BF16, out.shape()),
                weight,
                new StepContext.Operand(
                    DType.BF16, List.of(SizeExpr.of(ROWS), SizeExpr.of(COLUMNS)))),
            16);
    return new PlannedStep(op, context, List.of(in, out));
  }

  private static Buffer buffer(String name, int columns) {
    return new Buffer(
        name,
        DType.BF16,
        List.of(SizeExpr.TOKENS, SizeExpr.of(columns)),
        new Buffer.Storage.Arena(0));
  }

  private static Log log() {
    return new Log(new Console(System.out, System.err, false), LogLevel.INFO);
  }

  @Test
  void aTimedBuildRunsAndACachedOneEqualsIt() {
    assertThat(new MachineGpu().find(TARGET)).isInstanceOf(Presence.Present.class);
    build("timed", "--tune", "full");
    build(
        "cached", "--tune", "cached", "--input_timing_cache", folder.resolve("timed/timing.cache"));

    assertThat(folder.resolve("cached/rank0.engine"))
        .hasSameBinaryContentAs(folder.resolve("timed/rank0.engine"));
    CommandRun why =
        CommandRun.of("trtllm-inspect", folder.resolve("timed"), "--why", "layers.0.attention.qkv");
    assertThat(why.endsWith(0).out()).contains("by time on", "takes", ": chosen");
  }

  private void build(String name, Object... tuning) {
    CommandRun.line(
            """
            trtllm-build --checkpoint_dir {} --output_dir {} --target {}
                --max_batch_size 16 --max_num_tokens 256 {}
            """,
            TestFiles.golden("llama"),
            folder.resolve(name),
            TARGET,
            tuning)
        .endsWith(0);
  }
}
