package dev.lathe.cli.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.cli.build.TargetOptions.TuneMode;
import dev.lathe.cli.console.Console;
import dev.lathe.cli.console.Log;
import dev.lathe.cli.console.LogLevel;
import dev.lathe.cli.wiring.TimingGpu;
import dev.lathe.engine.error.LatheException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TunedBuildTest {
  private static final String MODEL =
      """
      {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "dtype": "bfloat16",
       "hidden_size": 128, "intermediate_size": 256, "num_hidden_layers": 2,
       "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 64, "vocab_size": 256,
       "max_position_embeddings": 512, "rms_norm_eps": 1e-06, "rope_theta": 10000.0,
       "hidden_act": "silu", "tie_word_embeddings": false}
      """;

  @TempDir private Path folder;
  private Path model;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @BeforeEach
  void writeModel() throws IOException {
    model = Files.writeString(folder.resolve("config.json"), MODEL);
  }

  @Test
  void aBuildByTheTimingsOfAnotherEqualsItByteForByte() throws IOException {
    PretendedGpu gpu = new PretendedGpu("Pretended");

    build("timed", TuneMode.FULL, gpu, Optional.empty());
    String summary = out.toString(StandardCharsets.UTF_8);
    Path timings = folder.resolve("timed/timing.cache");
    build("cached", TuneMode.CACHED, none(), Optional.of(timings));
    build("estimated", TuneMode.OFF, none(), Optional.empty());

    assertThat(gpu.timed).isPositive();
    assertThat(Files.readAllLines(timings)).hasSize(gpu.timed);
    assertThat(summary).contains(gpu.timed + " timed");
    assertThat(out.toString(StandardCharsets.UTF_8)).contains(gpu.timed + " by the timing cache");
    assertThat(engine("cached")).hasSameBinaryContentAs(engine("timed"));
    assertThat(Files.readAllLines(folder.resolve("cached/timing.cache")))
        .containsExactlyInAnyOrderElementsOf(Files.readAllLines(timings));
    assertThat(Files.mismatch(engine("estimated"), engine("timed"))).isNotNegative();
  }

  @Test
  void aFullBuildTimesOnlyWhatItsCacheLacks() throws IOException {
    build("first", TuneMode.FULL, new PretendedGpu("Pretended"), Optional.empty());
    PretendedGpu again = new PretendedGpu("Pretended");
    build("again", TuneMode.FULL, again, Optional.of(folder.resolve("first/timing.cache")));
    PretendedGpu other = new PretendedGpu("Another");
    build("other", TuneMode.FULL, other, Optional.of(folder.resolve("first/timing.cache")));

    assertThat(again.timed).isZero();
    assertThat(engine("again")).hasSameBinaryContentAs(engine("first"));
    assertThat(other.timed).isPositive();
  }

  @Test
  void aBuildThatFailsLeavesWhatItHasTimed() throws IOException {
    assertThatThrownBy(() ->
            build("broken", TuneMode.FULL, new PretendedGpu("Pretended", 3), Optional.empty()))
        .isInstanceOf(LatheException.class)
        .hasMessageContaining("unusable");

    Path timings = folder.resolve("broken/timing.cache");
    assertThat(Files.readAllLines(timings)).hasSize(3);
    assertThat(engine("broken")).doesNotExist();

    PretendedGpu gpu = new PretendedGpu("Pretended");
    build("broken", TuneMode.FULL, gpu, Optional.of(timings));
    assertThat(Files.readAllLines(timings)).hasSize(gpu.timed + 3);
  }

  @Test
  void timingThatIsDemandedAndCannotBeIsAnError() {
    assertThatThrownBy(() -> build("none", TuneMode.FULL, none(), Optional.empty()))
        .isInstanceOf(LatheException.class)
        .hasMessageContaining("--tune full has no sm_90a GPU to time on: there is none")
        .extracting(error -> ((LatheException) error).exitCode().code())
        .isEqualTo(3);
  }

  private Path engine(String name) {
    return folder.resolve(name).resolve("rank0.engine");
  }

  private static TimingGpu none() {
    return new TimingGpu() {
      @Override
      public TimingGpu.Presence find(String target) {
        return new TimingGpu.Presence.Absent("there is none");
      }

      @Override
      public dev.lathe.passes.tune.CandidateTimer open(
          Optional<java.util.function.Function<String, byte[]>> assembler, int workers, Log log) {
        throw new AssertionError("there is no GPU to open");
      }
    };
  }

  private void build(String name, TuneMode mode, TimingGpu gpu, Optional<Path> timings)
      throws IOException {
    BuildOptions options = new BuildOptions();
    options.model.modelConfig = Optional.of(model);
    options.limits.batchSize = Optional.of(4);
    options.limits.tokens = Optional.of(64);
    options.target.target = Optional.of("sm_90a");
    options.target.tune = mode;
    options.target.inputTimings = timings;
    options.artifacts.outputDirectory = folder.resolve(name);
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    Console console = new Console(stream, stream, false);
    Log log = new Log(console, LogLevel.INFO);
    new BuildRun(BuildRequest.of(options), gpu, console, log, false).run();
  }
}
