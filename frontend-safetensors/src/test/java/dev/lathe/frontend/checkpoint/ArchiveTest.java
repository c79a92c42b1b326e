package dev.lathe.frontend.checkpoint;

import static dev.lathe.frontend.checkpoint.SafetensorsFile.safetensors;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveTest {
  private static final byte[] MODEL =
      safetensors("{" + SafetensorsFile.entry("a", "U8", "[1]", 0, 1) + "}", 1).content();

  @TempDir Path directory;
  private Path unpacked = Path.of("unset");

  @BeforeEach
  void createParent() throws IOException {
    unpacked = Files.createDirectories(directory.resolve("inner/unpacked"));
  }

  @AfterEach
  void nothingIsLeftBehind() throws IOException {
    try (var files = Files.walk(directory)) {
      assertThat(files.filter(file -> file.getFileName().toString().contains("evil"))).isEmpty();
    }
    assertThat(unpacked).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.tar", "model.tar.gz", "model.tgz"})
  void aTarArchiveIsReadAndTidiedAway(String name) throws IOException {
    Path archive = tar(name, tar -> file(tar, "model.safetensors", MODEL));
    assertReads(archive);
  }

  @Test
  void aZipArchiveIsReadAndTidiedAway() throws IOException {
    assertReads(
        zip(zip -> {
          zip(zip, "model.safetensors", MODEL);
          zip(zip, "config.json", new byte[] {'{', '}'});
        }));
  }

  @Test
  void theFilesMayLieInOneDirectory() throws IOException {
    assertReads(
        tar(
            "model.tar",
            tar -> {
              entry(tar, new TarArchiveEntry("./"));
              entry(tar, new TarArchiveEntry("./austen/"));
              file(tar, "./austen/model.safetensors", MODEL);
              file(tar, "./austen/.gitattributes", new byte[1]);
            }));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../evil",
        "a/../../evil",
        "a/../evil",
        "./../evil",
        "a//evil",
        "a/./evil",
        "C:/evil",
        "C:evil",
        "..\\evil",
        "..evil/..",
        "evil.",
        "evil ",
        "a/b/c/d/e/f/g/h/evil",
        "evil\u0007"
      })
  void namesThatLeadAstrayAreRefused(String name) throws IOException {
    assertRefused(
        tar("x.tar", tar -> file(tar, name, new byte[1])), CheckpointError.ARCHIVE_ENTRY_NAME);
    assertRefused(zip(zip -> zip(zip, name, new byte[1])), CheckpointError.ARCHIVE_ENTRY_NAME);
  }

  @Test
  void backslashesAreRefused() throws IOException {
    assertRefused(
        tar("x.tar", tar -> file(tar, "a\\evil", new byte[1])), CheckpointError.ARCHIVE_ENTRY_NAME);
  }

  @Test
  void absoluteNamesAreRefused() throws IOException {
    Path archive =
        tar(
            "x.tar",
            tar -> {
              var entry = new TarArchiveEntry("/tmp/evil", true);
              entry.setSize(0);
              entry(tar, entry);
            });
    assertRefused(archive, CheckpointError.ARCHIVE_ENTRY_NAME);
    assertRefused(
        zip(zip -> zip(zip, "/tmp/evil", new byte[1])), CheckpointError.ARCHIVE_ENTRY_NAME);
  }

  @ParameterizedTest
  @ValueSource(
      bytes = {
        TarConstants.LF_SYMLINK,
        TarConstants.LF_LINK,
        TarConstants.LF_CHR,
        TarConstants.LF_BLK,
        TarConstants.LF_FIFO
      })
  void linksAndDevicesAreRefused(byte type) throws IOException {
    Path archive =
        tar(
            "x.tar",
            tar -> {
              var entry = new TarArchiveEntry("evil", type);
              entry.setLinkName("/etc/passwd");
              entry(tar, entry);
            });
    assertRefused(archive, CheckpointError.ARCHIVE_ENTRY_KIND);
  }

  @Test
  void linksInAZipArchiveAreRefused() throws IOException {
    Path archive =
        zip(zip -> {
          var entry = new ZipArchiveEntry("evil");
          entry.setUnixMode(0120777);
          zip(zip, entry, "/etc/passwd".getBytes(StandardCharsets.UTF_8));
        });
    assertRefused(archive, CheckpointError.ARCHIVE_ENTRY_KIND);
  }

  @Test
  void aNameThatOccursTwiceIsRefused() throws IOException {
    assertRefused(twice("model.safetensors", "model.safetensors"));
    assertRefused(twice("model.safetensors", "./model.safetensors"));
    assertRefused(twice("model.safetensors", "MODEL.safetensors"));
    assertRefused(twice("evil", "evil/x"));
    assertRefused(twice("evil/x", "evil"));
  }

  private Path twice(String first, String second) throws IOException {
    return tar(
        "x.tar",
        tar -> {
          file(tar, first, MODEL);
          file(tar, second, MODEL);
        });
  }

  private void assertRefused(Path archive) throws IOException {
    assertRefused(archive, CheckpointError.ARCHIVE_ENTRY_TWINS);
  }

  @Test
  void anArchiveThatGrowsBeyondReasonIsRefused() throws IOException {
    byte[] zeros = new byte[64 << 20];
    Path gzip = tar("x.tar.gz", tar -> file(tar, "model.safetensors", zeros));
    assertThat(Files.size(gzip) * 200).isLessThan(zeros.length);
    assertRefused(gzip, CheckpointError.ARCHIVE_TOO_LARGE);
    assertRefused(
        zip(zip -> zip(zip, "model.safetensors", zeros)), CheckpointError.ARCHIVE_TOO_LARGE);
  }

  @Test
  void aLimitOnTheUnpackedBytesHolds() throws IOException {
    Path archive = tar("x.tar", tar -> file(tar, "model.safetensors", new byte[5000]));
    CheckpointException refusal =
        catchThrowableOfType(
            CheckpointException.class, () -> open(archive, options().withMaxArchiveBytes(4999)));
    assertThat(refusal.error()).isEqualTo(CheckpointError.ARCHIVE_TOO_LARGE);
  }

  @Test
  void tooManyEntriesAreRefused() throws IOException {
    Path archive =
        tar(
            "x.tar.gz",
            tar -> {
              for (int i = 0; i < 20_001; i++) {
                entry(tar, new TarArchiveEntry("d/"));
              }
            });
    assertRefused(archive, CheckpointError.ARCHIVE_TOO_MANY_ENTRIES);
  }

  @Test
  void anEndlessNameIsNotCollected() throws IOException {
    Path archive =
        tar(
            "x.tar.gz",
            tar -> {
              var entry = new TarArchiveEntry("././@LongLink", TarConstants.LF_GNUTYPE_LONGNAME);
              entry.setSize(16 << 20);
              tar.putArchiveEntry(entry);
              tar.write("evil".repeat(4 << 20).getBytes(StandardCharsets.UTF_8));
              tar.closeArchiveEntry();
              file(tar, "short", new byte[0]);
            });
    assertRefused(archive, CheckpointError.ARCHIVE_SYNTAX);
  }

  @Test
  void aTruncatedArchiveIsRefused() throws IOException {
    for (String name : new String[] {"x.tar", "x.tar.gz"}) {
      Path archive = tar(name, tar -> file(tar, "model.safetensors", random(100_000)));
      byte[] bytes = Files.readAllBytes(archive);
      Files.write(archive, Arrays.copyOf(bytes, 50_000));
      assertRefused(archive, CheckpointError.ARCHIVE_SYNTAX);
    }
    Path zip = zip(out -> zip(out, "model.safetensors", random(100_000)));
    Files.write(zip, Arrays.copyOf(Files.readAllBytes(zip), 50_000));
    assertRefused(zip, CheckpointError.ARCHIVE_SYNTAX);
  }

  @Test
  void aBadCheckpointInAnArchiveIsTidiedAwayToo() throws IOException {
    assertRefused(
        tar("x.tar", tar -> file(tar, "model.safetensors", new byte[3])),
        CheckpointError.FILE_TOO_SHORT);
  }

  @Test
  void otherFormatsAreRefusedByName() throws IOException {
    for (String name : new String[] {"x.tar.zst", "x.gguf", "x.7z", "x"}) {
      Path file = Files.write(directory.resolve(name), new byte[10]);
      assertRefused(file, CheckpointError.ARCHIVE_KIND);
    }
  }

  private static byte[] random(int count) {
    byte[] bytes = new byte[count];
    new Random(1).nextBytes(bytes);
    return bytes;
  }

  private CheckpointOptions options() {
    return CheckpointOptions.DEFAULT.withTemporaryParent(unpacked);
  }

  private static void open(Path archive, CheckpointOptions options) {
    Checkpoint.open(archive, options).close();
  }

  private void assertReads(Path archive) {
    try (Checkpoint checkpoint = Checkpoint.open(archive, options())) {
      assertThat(checkpoint.tensors()).containsOnlyKeys("a");
      assertThat(unpacked).isNotEmptyDirectory();
    }
  }

  private void assertRefused(Path archive, CheckpointError error) {
    CheckpointException refusal =
        catchThrowableOfType(CheckpointException.class, () -> open(archive, options()));
    assertThat(refusal).as("refusal of %s", archive).isNotNull();
    assertThat(refusal.error()).as(refusal.sentence()).isEqualTo(error);
    assertThat(unpacked).isEmptyDirectory();
  }

  private interface TarContent {
    void write(TarArchiveOutputStream tar) throws IOException;
  }

  private interface ZipContent {
    void write(ZipArchiveOutputStream zip) throws IOException;
  }

  private Path tar(String name, TarContent content) throws IOException {
    Path archive = directory.resolve(name);
    OutputStream file = Files.newOutputStream(archive);
    OutputStream out = name.endsWith("gz") ? new GZIPOutputStream(file) : file;
    try (var tar = new TarArchiveOutputStream(out)) {
      content.write(tar);
    }
    return archive;
  }

  private static void entry(TarArchiveOutputStream tar, TarArchiveEntry entry) throws IOException {
    tar.putArchiveEntry(entry);
    tar.closeArchiveEntry();
  }

  private static void file(TarArchiveOutputStream tar, String name, byte[] content)
      throws IOException {
    var entry = new TarArchiveEntry(name);
    entry.setName(name);
    entry.setSize(content.length);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  private Path zip(ZipContent content) throws IOException {
    Path archive = directory.resolve("x.zip");
    try (var zip = new ZipArchiveOutputStream(archive)) {
      content.write(zip);
    }
    return archive;
  }

  private static void zip(ZipArchiveOutputStream zip, String name, byte[] content)
      throws IOException {
    zip(zip, new ZipArchiveEntry(name), content);
  }

  private static void zip(ZipArchiveOutputStream zip, ZipArchiveEntry entry, byte[] content)
      throws IOException {
    zip.putArchiveEntry(entry);
    zip.write(content);
    zip.closeArchiveEntry();
  }
}
