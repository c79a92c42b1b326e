package dev.lathe.tests.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Builds that do not come to their end leave what was there.
class InterruptedBuildTest {
  private static final long SEED = 20;
  private static final int KILLS = 20;
  private static final int ATTEMPTS = 5;
  private static final int SIGINT = 2;

  @TempDir private Path folder;
  private byte[] engineBefore = {};
  private byte[] configBefore = {};

  @BeforeEach
  void buildTheOldEngine() throws IOException {
    CommandRun.of(build(4)).endsWith(0);
    engineBefore = Files.readAllBytes(engine().resolve("rank0.engine"));
    configBefore = Files.readAllBytes(engine().resolve("config.json"));
  }

  @Test
  void aBuildThatIsKilledAtAnyMomentLeavesTheOldEngineOrTheWholeNewOne() throws Exception {
    Random moments = new Random(SEED);
    long whole = nanosOfWholeBuild();
    for (int kill = 0; kill < KILLS; kill++) {
      Process build = CommandProcess.start(log(), build(2));
      Thread.sleep(TimeUnit.NANOSECONDS.toMillis((long) (moments.nextDouble() * whole)));
      build.destroyForcibly().waitFor();

      CommandRun.of("trtllm-inspect", engine(), "--verify").endsWith(0);
    }
    CommandRun.of(build(2)).endsWith(0);
    assertThat(files()).contains("config.json", "rank0.engine").noneMatch(this::isTemporary);
  }

  @Test
  void anInterruptedBuildEndsWith130AndTakesItsTemporaryFilesAway() throws Exception {
    assumeThat(interruptsAreIgnored())
        .as("a shell starts background commands so that they and theirs ignore interrupts")
        .isFalse();
    assertThat(signalled("INT")).isEqualTo(130);
    assertThat(files()).noneMatch(this::isTemporary);
    assertThat(engine().resolve("rank0.engine")).hasBinaryContent(engineBefore);
    assertThat(engine().resolve("config.json")).hasBinaryContent(configBefore);
  }

  @Test
  void aTerminatedBuildEndsWith143() throws Exception {
    assertThat(signalled("TERM")).isEqualTo(143);
    assertThat(files()).noneMatch(this::isTemporary);
  }

  /// Whether this process, and so each that it starts, was told to ignore SIGINT.
  private static boolean interruptsAreIgnored() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return false;
    }
    String mask =
        Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .findFirst()
            .orElseThrow()
            .substring("SigIgn:".length())
            .strip();
    return (Long.parseUnsignedLong(mask, 16) & (1L << (SIGINT - 1))) != 0;
  }

  /// Sends the signal as soon as the build has begun to write; again if it was done before that.
  private int signalled(String signal) throws Exception {
    int exitCode = 0;
    for (int attempt = 0; exitCode == 0 && attempt < ATTEMPTS; attempt++) {
      Process build = CommandProcess.start(log(), build(4));
      while (build.isAlive() && files().stream().noneMatch(this::isTemporary)) {
        Thread.sleep(1);
      }
      new ProcessBuilder("kill", "-" + signal, Long.toString(build.pid())).start().waitFor();
      exitCode = build.waitFor();
    }
    return exitCode;
  }

  private boolean isTemporary(String name) {
    return !List.of("config.json", "rank0.engine", "timing.cache").contains(name);
  }

  private long nanosOfWholeBuild() throws Exception {
    long start = System.nanoTime();
    assertThat(CommandProcess.start(log(), build(4)).waitFor()).isZero();
    return System.nanoTime() - start;
  }

  private Object[] build(int maxBatchSize) {
    return CommandLine.words(
        """
        trtllm-build --checkpoint_dir {} --output_dir {} --target cpu
            --max_num_tokens 64 --quiet --max_batch_size {}
        """,
        TestFiles.austen(),
        engine(),
        maxBatchSize);
  }

  private Path engine() {
    return folder.resolve("engine");
  }

  private Path log() {
    return folder.resolve("log");
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(engine())) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
