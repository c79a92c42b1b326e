package dev.lathe.engine.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.weight.TensorSource;
import dev.lathe.engine.weight.WeightExpr;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An engine is there complete or not at all.
class AtomicWriteTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("rank0.engine");
  }

  private void write() {
    SampleEngine.writer(1).write(SampleEngine.content(), SampleEngine.SOURCE, file);
  }

  private void assertSound() {
    EngineReader.open(file, EngineReader.Options.verifying(1)).close();
  }

  private List<Path> files() throws IOException {
    try (var files = Files.list(directory)) {
      return files.toList();
    }
  }

  @Test
  void aKilledWriterLeavesTheOldEngineAndTheNextOneCleansUp() throws Exception {
    write();
    for (int seed = 0; seed < 4; seed++) {
      List<Path> before = files();
      Process writer = startWriter();
      try {
        awaitPartialFile(writer, before);
        Thread.sleep(new Random(seed).nextInt(60));
      } finally {
        writer.destroyForcibly().waitFor();
      }
      assertSound();
    }
    write();
    assertThat(files()).containsExactly(file);
  }

  private Process startWriter() throws IOException {
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-cp",
            System.getProperty("java.class.path"),
            "-XX:TieredStopAtLevel=1",
            KilledWriter.class.getName(),
            file.toString())
        .inheritIO()
        .start();
  }

  @Test
  void filesOfOneProcessStayLockedAgainstOthers() throws Exception {
    try (TemporaryFile engine = TemporaryFile.create(file);
        TemporaryFile config = TemporaryFile.create(directory.resolve("config.json"))) {
      assertThat(engine.channel().isOpen() && config.channel().isOpen()).isTrue();
      List<Path> ours = files();
      Process writer = startWriter();
      try {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!Files.exists(file) && System.nanoTime() < deadline) {
          Thread.sleep(5);
        }
      } finally {
        writer.destroyForcibly().waitFor();
      }
      assertThat(files()).containsAll(ours).contains(file);
    }
  }

  private void awaitPartialFile(Process writer, List<Path> before) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (before.containsAll(files())) {
      assertThat(writer.isAlive()).isTrue();
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.sleep(1);
    }
  }

  @Test
  void aFailureAtAnyPointLeavesTheOldEngineAlone() throws IOException {
    write();
    byte[] old = Files.readAllBytes(file);
    for (int calls = 0; calls < 7; calls++) {
      TensorSource failing = failingAfter(calls);
      assertThatThrownBy(() ->
              new EngineWriter(new EngineWriter.Options(3, 1, Progress.NONE))
                  .write(SampleEngine.content(), failing, file))
          .hasMessage("source failed");
      assertThat(files()).containsExactly(file);
      assertThat(file).hasBinaryContent(old);
    }
  }

  @Test
  void aCheckpointThatChangedMeanwhileLeavesTheOldEngineAlone() throws IOException {
    write();
    byte[] old = Files.readAllBytes(file);
    TensorSource changing =
        new TensorSource() {
          @Override
          public SourceTensor tensor(String name) {
            return SampleEngine.SOURCE.tensor(name);
          }

          @Override
          public void checkUnchanged() {
            throw new LatheException(ExitCode.FAILURE, "test", "source changed", "");
          }
        };
    assertThatThrownBy(() ->
            SampleEngine.writer(1)
                .writeDirectory(SampleEngine.content(), changing, directory, "{}"))
        .hasMessage("source changed");
    assertThat(files()).containsExactly(file);
    assertThat(file).hasBinaryContent(old);
  }

  private static TensorSource failingAfter(int calls) {
    AtomicInteger left = new AtomicInteger(calls);
    return name -> {
      if (left.getAndDecrement() <= 0) {
        throw new LatheException(ExitCode.FAILURE, "test", "source failed", "");
      }
      return SampleEngine.SOURCE.tensor(name);
    };
  }

  @Test
  void anInterruptedWriterLeavesTheOldEngineAlone() throws Exception {
    write();
    byte[] old = Files.readAllBytes(file);
    for (int workers : new int[] {1, 3}) {
      Thread caller = Thread.currentThread();
      EngineWriter.Options options =
          new EngineWriter.Options(workers, 1 << 20, (_, _) -> caller.interrupt());
      assertThatThrownBy(() -> new EngineWriter(options).write(large(), SampleEngine.SOURCE, file))
          .isInstanceOf(LatheException.class)
          .extracting("code")
          .isEqualTo("interrupted");
      assertThat(Thread.interrupted()).isTrue();
      assertThat(files()).containsExactly(file);
      assertThat(file).hasBinaryContent(old);
    }
  }

  /// 80 MiB: progress is reported every 16.
  private static EngineContent large() {
    List<EngineContent.Weight> weights =
        IntStream.range(0, 20)
            .mapToObj(i ->
                new EngineContent.Weight(
                    i == 0 ? "table" : "w" + i,
                    new WeightExpr.Fill(DType.F32, List.of(1L << 20), i)))
            .toList();
    return SampleEngine.content(List.of(SampleEngine.plan("mixed")), weights);
  }

  @Test
  void leftoversGoAndFilesOfRunningWritersStay() throws IOException {
    Path leftover = directory.resolve("rank0.engine.0123456789abcdef.partial");
    Path running = directory.resolve("rank0.engine.fedcba9876543210.partial");
    Path other = directory.resolve("notes.partial");
    for (Path path : List.of(leftover, running, other)) {
      Files.writeString(path, "x");
    }
    try (FileChannel channel = FileChannel.open(running, StandardOpenOption.WRITE);
        var lock = channel.lock()) {
      assertThat(lock.isValid()).isTrue();
      write();
      assertThat(files()).containsExactlyInAnyOrder(file, running, other);
    }
  }

  @Test
  void writersToOneDirectoryDoNotDisturbEachOther() throws Exception {
    try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
      List<Future<?>> writers =
          IntStream.range(0, 12).<Future<?>>mapToObj(i -> pool.submit(this::write)).toList();
      for (Future<?> writer : writers) {
        writer.get();
      }
    }
    assertSound();
    assertThat(files()).containsExactly(file);
  }

  @Test
  void anEngineThatTheDiskCannotHoldIsRefusedBeforeAnyWork() throws IOException {
    WeightExpr huge = new WeightExpr.Fill(DType.F32, List.of(1L << 50), 0);
    EngineContent content =
        SampleEngine.content(
            List.of(SampleEngine.plan("mixed")), List.of(new EngineContent.Weight("table", huge)));
    assertThatThrownBy(() -> SampleEngine.writer(1).write(content, SampleEngine.SOURCE, file))
        .isInstanceOf(LatheException.class)
        .extracting("code")
        .isEqualTo("disk-full");
    assertThat(files()).isEmpty();
  }

  @Test
  void aDirectoryThatCannotBeWrittenToIsNamed() throws IOException {
    Path noDirectory = Files.writeString(directory.resolve("file"), "x");
    assertThatThrownBy(() ->
            SampleEngine.writer(1)
                .write(SampleEngine.content(), SampleEngine.SOURCE, noDirectory.resolve("e")))
        .isInstanceOf(LatheException.class)
        .hasMessageContaining(noDirectory.toString())
        .extracting("code")
        .isEqualTo("write-failed");
  }

  @Test
  void contentThatTheReaderWouldRefuseIsABug() throws IOException {
    Plan plan = SampleEngine.plan("mixed");
    EngineContent withoutTable = SampleEngine.content(List.of(plan), List.of());
    assertThatThrownBy(() -> SampleEngine.writer(1).write(withoutTable, SampleEngine.SOURCE, file))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no buffer or weight @table");
    EngineContent twice = SampleEngine.content(List.of(plan, plan), SampleEngine.weights());
    assertThatThrownBy(() -> SampleEngine.writer(1).write(twice, SampleEngine.SOURCE, file))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("twice");
    assertThat(files()).isEmpty();
  }
}
