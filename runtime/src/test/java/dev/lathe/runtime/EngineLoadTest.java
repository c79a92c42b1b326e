package dev.lathe.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import dev.lathe.engine.file.EngineWriter;
import dev.lathe.engine.file.Progress;
import dev.lathe.runtime.text.SmallTokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineLoadTest {
  @TempDir private Path folder;

  private Path write() {
    LlamaImage image = new LlamaImage(LlamaShape.TINY, 4);
    Path directory = folder.resolve("engine");
    new EngineWriter(EngineWriter.Options.of(1, Progress.NONE))
        .writeDirectory(image.content(), image.tensors(), directory, "{}");
    return directory;
  }

  private static GenerationResult generate(Engine engine) {
    try (engine;
        Session session = engine.newSession()) {
      return session.generate("To be");
    }
  }

  @Test
  void anEngineFromAFileGeneratesWhatTheSameEngineInMemoryDoes() {
    GenerationResult fromFile = generate(Engine.load(write()));
    GenerationResult fromMemory = generate(SmallEngine.of(LlamaShape.TINY, 1));

    assertThat(fromFile.tokens()).isEqualTo(fromMemory.tokens()).hasSize(64);
    assertThat(fromFile.text()).isEqualTo(fromMemory.text());
  }

  @Test
  void picksTheCpuForAnEngineWithoutKernelsAndRefusesAGpu() {
    Path directory = write();
    try (Engine engine = Engine.load(directory)) {
      assertThat(engine.device().description()).startsWith("CPU");
    }
    EngineOptions cuda = EngineOptions.DEFAULT.withDevice(DeviceChoice.CUDA);
    assertThatThrownBy(() -> Engine.load(directory, cuda))
        .isInstanceOfSatisfying(
            LatheException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.BAD_ENGINE));
  }

  @Test
  void takesAnotherTokenizerIfOneIsNamed() throws IOException {
    Path directory = write();
    Files.write(folder.resolve("tokenizer.json"), SmallTokenizers.byteFallback());
    try (Engine engine = Engine.load(directory, EngineOptions.DEFAULT.withTokenizer(folder))) {
      assertThat(engine.tokenizer().orElseThrow().encode("a")).containsExactly(283, 256, 257);
    }
    EngineOptions missing = EngineOptions.DEFAULT.withTokenizer(folder.resolve("nowhere"));
    assertThatThrownBy(() -> Engine.load(directory, missing))
        .isInstanceOfSatisfying(
            LatheException.class, e -> assertThat(e.code()).isEqualTo("no-tokenizer"));
  }

  @Test
  void aFileThatIsNoEngineIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("rank0.engine"), "hello");

    assertThatThrownBy(() -> Engine.load(file))
        .isInstanceOfSatisfying(
            LatheException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.BAD_ENGINE));
  }
}
