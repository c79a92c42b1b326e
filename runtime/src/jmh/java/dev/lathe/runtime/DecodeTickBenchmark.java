package dev.lathe.runtime;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// What the host does for a step of eight decoding sequences: scheduling, the batch's inputs,
/// publishing of tokens. With `-prof gc`, `gc.alloc.rate.norm` says how many bytes it allocates.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class DecodeTickBenchmark {
  /// More than the iterations need, which is looked at in the end.
  private static final int OUTPUT_TOKENS = 4_000_000;

  private final TextThread texts = new TextThread();
  private final DecodingLoop loop =
      new DecodingLoop(OUTPUT_TOKENS, texts, _ -> Optional.empty());
  private long ticks;

  @Benchmark
  public void tick() {
    loop.tick();
    ticks++;
  }

  @TearDown
  public void end() {
    texts.close();
    if (loop.steps() != ticks) {
      throw new IllegalStateException("the sequences ended while ticks were measured");
    }
  }
}
