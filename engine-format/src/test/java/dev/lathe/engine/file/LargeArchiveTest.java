package dev.lathe.engine.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Structures of archives over 4 GiB, as sparse files: the payloads are never written.
class LargeArchiveTest {
  private static final long GIBIBYTE = 1L << 30;

  @TempDir Path directory;

  @Test
  void offsetsAndSizesOverFourGibibytesAreFound() throws IOException {
    byte[] manifest = "{}".getBytes(StandardCharsets.UTF_8);
    List<ZipStructure.Entry> entries =
        List.of(
            new ZipStructure.Entry("manifest.json", 2, 0, Optional.of(manifest)),
            new ZipStructure.Entry("weights/0.bin", 3 * GIBIBYTE + 1, 0, Optional.empty()),
            new ZipStructure.Entry("weights/1.bin", 5 * GIBIBYTE, 0, Optional.empty()),
            new ZipStructure.Entry("weights/2.bin", 7, 0, Optional.empty()));
    Path file = directory.resolve("sparse");
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.SPARSE)) {
      ZipStructure.Layout layout = ZipStructure.write(channel, entries);
      assertThat(channel.size()).isEqualTo(layout.bytes()).isGreaterThan(8 * GIBIBYTE);
      assertThat(ZipDirectory.read(file, channel))
          .extracting(ZipDirectory.Entry::offset)
          .isEqualTo(layout.offsets());
    }
    try (ZipFile zip = new ZipFile(file.toFile())) {
      assertThat(zip.stream().mapToLong(entry -> entry.getSize()))
          .containsExactly(2L, 3 * GIBIBYTE + 1, 5 * GIBIBYTE, 7L);
    }
  }
}
