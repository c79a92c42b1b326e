package dev.lathe.engine.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.lathe.engine.error.ExitCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every byte of the file is covered: whatever is done to a file, it is refused.
class DamagedEngineTest {
  @TempDir Path directory;
  private Path file;
  private byte[] sound;

  @BeforeEach
  void write() throws IOException {
    file = directory.resolve("rank0.engine");
    SampleEngine.writer(1).write(SampleEngine.content(), SampleEngine.SOURCE, file);
    sound = Files.readAllBytes(file);
  }

  private void assertRefused(String how) {
    Throwable refusal =
        catchThrowable(() -> EngineReader.open(file, EngineReader.Options.verifying(1)).close());
    if (!(refusal instanceof EngineFormatException problem)
        || problem.exitCode() != ExitCode.BAD_ENGINE) {
      throw new AssertionError(how + " gave " + refusal, refusal);
    }
  }

  @Test
  void everyFlippedByteIsRefused() throws IOException {
    Random random = new Random(1);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (int i = 0; i < sound.length; i++) {
        byte flipped = (byte) (sound[i] ^ 1 << random.nextInt(8));
        channel.write(ByteBuffer.wrap(new byte[] {flipped}), i);
        assertRefused("byte " + i + " as " + flipped);
        channel.write(ByteBuffer.wrap(sound, i, 1), i);
      }
    }
    EngineReader.open(file, EngineReader.Options.verifying(1)).close();
  }

  @Test
  void everyTruncationIsRefused() throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (int length = sound.length - 1; length >= 0; length--) {
        channel.truncate(length);
        assertRefused("length " + length);
      }
    }
  }

  @Test
  void appendedBytesAreRefused() throws IOException {
    Random random = new Random(2);
    for (int count = 1; count < 200; count++) {
      byte[] more = new byte[count];
      random.nextBytes(more);
      Files.write(file, sound);
      Files.write(file, more, StandardOpenOption.APPEND);
      assertRefused(count + " more bytes");
    }
    Files.write(file, sound);
    Files.write(file, sound, StandardOpenOption.APPEND);
    assertRefused("the file twice");
  }

  @Test
  void runsOfRandomBytesAreRefused() throws IOException {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      byte[] run = new byte[1 + random.nextInt(300)];
      random.nextBytes(run);
      byte[] damaged = sound.clone();
      int at = random.nextInt(sound.length - run.length);
      System.arraycopy(run, 0, damaged, at, run.length);
      Files.write(file, damaged);
      assertRefused("seed " + seed);
    }
  }

  @Test
  void theErrorSaysWhatIsWrong() throws IOException {
    Files.write(file, new byte[0]);
    assertThat(refusal()).isInstanceOf(NotAnEngineException.class);
    Files.writeString(file, "PK is how a zip begins".repeat(100));
    assertThat(refusal()).isInstanceOf(NotAnEngineException.class);
    Files.write(file, java.util.Arrays.copyOf(sound, sound.length / 2));
    assertThat(refusal()).isInstanceOf(TruncatedEngineException.class);
    byte[] newer = sound.clone();
    newer[sound.length - 71 + 5] = '2';
    Files.write(file, newer);
    assertThat(refusal())
        .isInstanceOf(EngineTooNewException.class)
        .hasMessageContaining("format version 2");
    newer[sound.length - 71 + 5] = '0';
    Files.write(file, newer);
    assertThat(refusal()).isInstanceOf(EngineTooOldException.class);
  }

  @Test
  void damageOfAnEntryNamesTheEntry() throws IOException {
    String text = new String(sound, StandardCharsets.ISO_8859_1);
    byte[] damaged = sound.clone();
    damaged[text.indexOf("graph { ")] ^= 1;
    Files.write(file, damaged);
    assertThat(refusal())
        .isInstanceOfSatisfying(
            CorruptEngineException.class,
            corrupt -> assertThat(corrupt.entry()).isEqualTo("graph.ir"));
    damaged = sound.clone();
    damaged[10] ^= 1;
    Files.write(file, damaged);
    assertThat(refusal())
        .isInstanceOfSatisfying(
            CorruptEngineException.class,
            corrupt -> assertThat(corrupt.entry()).isEqualTo("structure"));
  }

  private Throwable refusal() {
    return catchThrowable(() -> EngineReader.open(file, EngineReader.Options.verifying(1)));
  }

  @Test
  void withoutVerificationOnlyWeightsAndTokenizersMayDiffer() throws IOException {
    String text = new String(sound, StandardCharsets.ISO_8859_1);
    EngineReader.Options trusting = new EngineReader.Options(false, 1, Progress.NONE);
    byte[] damaged = sound.clone();
    damaged[text.indexOf("{\"Ã")] ^= 1;
    Files.write(file, damaged);
    EngineReader.open(file, trusting).close();
    damaged[text.indexOf(".version")] ^= 1;
    Files.write(file, damaged);
    assertThatThrownBy(() -> EngineReader.open(file, trusting))
        .isInstanceOf(CorruptEngineException.class)
        .hasMessageContaining("kernels/embedding.ptx");
  }

  @Test
  void aMissingFileIsNoDamage() {
    assertThatThrownBy(
            () -> EngineReader.open(directory.resolve("none"), EngineReader.Options.verifying(1)))
        .hasMessageContaining("NoSuchFile")
        .extracting("exitCode")
        .isEqualTo(ExitCode.FAILURE);
  }
}
