package dev.lathe.cli.npy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.engine.error.LatheException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NpyTest {
  @TempDir private Path folder;

  @Test
  void floatsComeBackAsTheyWere() throws IOException {
    Path file = folder.resolve("a.npy");
    try (NpyWriter writer = NpyWriter.floats(file, 2, 3)) {
      writer.row(new float[] {1, -0.5f, Float.MIN_VALUE});
      writer.row(new float[] {Float.MAX_VALUE, Float.NEGATIVE_INFINITY, 0});
    }

    NpyArray array = NpyReader.read(file);

    assertThat(array.shape()).containsExactly(2, 3);
    assertThat(array.values())
        .containsExactly(1, -0.5, Float.MIN_VALUE, Float.MAX_VALUE, Double.NEGATIVE_INFINITY, 0);
  }

  @Test
  void theDataBeginsAtAMultipleOf64BytesAsNumPyWritesIt() throws IOException {
    Path file = folder.resolve("a.npy");
    try (NpyWriter writer = NpyWriter.ints(file, 1, 2)) {
      writer.row(new int[] {7, -1});
    }

    byte[] bytes = Files.readAllBytes(file);

    assertThat(bytes.length).isEqualTo(128 + 8);
    assertThat(bytes[127]).isEqualTo((byte) '\n');
    assertThat(Arrays.copyOfRange(bytes, 128, 136)).containsExactly(7, 0, 0, 0, -1, -1, -1, -1);
  }

  @Test
  void aFileWithTooFewRowsIsABug() throws IOException {
    NpyWriter writer = NpyWriter.ints(folder.resolve("a.npy"), 2, 1);
    writer.row(new int[] {1});

    assertThatThrownBy(writer::close).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aFileCutAnywhereIsRefused() throws IOException {
    Path whole = folder.resolve("whole.npy");
    try (NpyWriter writer = NpyWriter.ints(whole, 1, 4)) {
      writer.row(new int[] {1, 2, 3, 4});
    }
    byte[] bytes = Files.readAllBytes(whole);
    Path cut = folder.resolve("cut.npy");

    for (int length = 0; length < bytes.length; length++) {
      Files.write(cut, Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> NpyReader.read(cut))
          .as("first %d bytes", length)
          .isInstanceOf(LatheException.class)
          .hasMessageContaining("cut.npy");
    }
  }
}
