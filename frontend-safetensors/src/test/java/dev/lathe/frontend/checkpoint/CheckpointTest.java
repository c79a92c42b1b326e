package dev.lathe.frontend.checkpoint;

import static dev.lathe.frontend.checkpoint.SafetensorsFile.entry;
import static dev.lathe.frontend.checkpoint.SafetensorsFile.safetensors;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lathe.engine.weight.TensorSource.SourceTensor;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
  @TempDir Path directory;

  @Test
  void aSingleFileIsRead() throws IOException {
    SafetensorsFile file = safetensors("{" + entry("a", "I32", "[2]", 0, 8) + "}", 8);
    file.content()[file.content().length - 4] = 7;
    file.write(directory.resolve("model.safetensors"));
    Files.writeString(directory.resolve("config.json"), "{}");
    Files.writeString(directory.resolve("tokenizer.json"), "{\"x\":1}");
    try (Checkpoint checkpoint = Checkpoint.open(directory)) {
      assertThat(checkpoint.tensors()).containsOnlyKeys("a");
      SourceTensor tensor = checkpoint.tensor("a");
      assertThat(tensor.data().get(ValueLayout.JAVA_INT_UNALIGNED, 4)).isEqualTo(7);
      assertThat(tensor.data().isReadOnly()).isTrue();
      assertThat(checkpoint.file(CheckpointFile.CONFIG)).hasValue(new byte[] {'{', '}'});
      assertThat(checkpoint.file(CheckpointFile.MERGES)).isEmpty();
      assertThat(checkpoint.tokenizerFiles()).containsOnlyKeys("tokenizer.json");
      assertThatThrownBy(() -> checkpoint.tensor("b")).isInstanceOf(NoSuchElementException.class);
    }
  }

  @Test
  void aFileOfAnyNameIsRead() throws IOException {
    shard("expected.safetensors", "a");
    try (Checkpoint checkpoint = Checkpoint.openFile(directory.resolve("expected.safetensors"))) {
      assertThat(checkpoint.tensors()).containsOnlyKeys("a");
    }
  }

  @Test
  void shardsAreReadThroughTheIndex() throws IOException {
    shard("one.safetensors", "a");
    shard("two.safetensors", "b");
    index("\"a\":\"one.safetensors\",\"b\":\"two.safetensors\"");
    try (Checkpoint checkpoint = Checkpoint.open(directory)) {
      assertThat(checkpoint.tensors()).containsOnlyKeys("a", "b");
      assertThat(checkpoint.tensorBytes()).isEqualTo(2);
    }
  }

  @Test
  void aSparseFileBeyondFourGibibytesIsRead() throws IOException {
    long elements = (5L << 30) / 2;
    String header =
        "{"
            + entry("big", "BF16", "[" + elements + "]", 0, 2 * elements)
            + ","
            + entry("last", "U8", "[1]", 2 * elements, 2 * elements + 1)
            + "}";
    Path file = safetensors(header, 0).write(directory.resolve("model.safetensors"));
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {9}), 8 + header.length() + 2 * elements);
      var value = ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN).putShort(0, (short) 0x3F80);
      channel.write(value, 8 + header.length() + 2 * elements - 2);
    }
    try (Checkpoint checkpoint = Checkpoint.open(directory)) {
      var big = checkpoint.tensor("big").data();
      assertThat(big.byteSize()).isEqualTo(5L << 30);
      var layout = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
      assertThat(big.get(layout, big.byteSize() - 2)).isEqualTo((short) 0x3F80);
      assertThat(checkpoint.tensor("last").data().get(ValueLayout.JAVA_BYTE, 0))
          .isEqualTo((byte) 9);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../x.safetensors",
        "/etc/x.safetensors",
        "a/b.safetensors",
        "a\\\\b.safetensors",
        "C:x.safetensors",
        "..",
        ".",
        "",
        ".safetensors",
        "x.safetensors\\u0000",
        "x\\u0000.safetensors",
        "x\\n.safetensors",
        "x.safetensors.",
        "-x.safetensors",
        "config.json"
      })
  void anIndexNamesPlainFilesOnly(String name) throws IOException {
    index("\"a\":\"" + name + "\"");
    assertThat(refusal().error()).isEqualTo(CheckpointError.FILE_NAME);
  }

  @Test
  void anIndexNamesFilesOfReasonableLength() throws IOException {
    index("\"a\":\"" + "x".repeat(4096) + ".safetensors\"");
    assertThat(refusal().error()).isEqualTo(CheckpointError.FILE_NAME);
    assertThat(refusal().sentence().length()).isLessThan(500);
  }

  @ParameterizedTest
  @ValueSource(strings = {"MODEL.safetensors", "ｍodel.safetensors"})
  void namesThatDifferInCaseOrWidthAloneAreRefused(String twin) throws IOException {
    index("\"a\":\"Model.safetensors\",\"b\":\"" + twin + "\"");
    assertThat(refusal().error()).isEqualTo(CheckpointError.FILE_TWINS);
  }

  @Test
  void aSymbolicLinkIsRefusedUnlessLinksAreAllowed() throws IOException {
    Path blobs = Files.createDirectory(directory.resolve("blobs"));
    shard("blobs/0123", "a");
    Path snapshot = Files.createDirectory(directory.resolve("snapshot"));
    Files.createSymbolicLink(snapshot.resolve("model.safetensors"), blobs.resolve("0123"));
    assertThat(refusal(snapshot).error()).isEqualTo(CheckpointError.FILE_LINK);
    try (var checkpoint =
        Checkpoint.open(snapshot, CheckpointOptions.DEFAULT.withAllowLinks(true))) {
      assertThat(checkpoint.tensors()).containsOnlyKeys("a");
    }
  }

  @Test
  void aLinkedConfigurationIsRefusedToo() throws IOException {
    shard("model.safetensors", "a");
    Path secret = Files.writeString(directory.resolve("secret"), "{}");
    Files.createSymbolicLink(directory.resolve("config.json"), secret);
    try (Checkpoint checkpoint = Checkpoint.open(directory)) {
      assertThatThrownBy(() -> checkpoint.file(CheckpointFile.CONFIG))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("symbolic link");
    }
  }

  @Test
  void aHardLinkIsRefused() throws IOException {
    shard("elsewhere", "a");
    Files.createLink(directory.resolve("model.safetensors"), directory.resolve("elsewhere"));
    assertThat(refusal().error()).isEqualTo(CheckpointError.FILE_LINK);
  }

  @Test
  void aLinkToADirectoryAboveIsRefused() throws IOException {
    Path model = Files.createDirectory(directory.resolve("model"));
    Files.createSymbolicLink(model.resolve("model.safetensors"), directory);
    assertThat(refusal(model).error()).isEqualTo(CheckpointError.FILE_LINK);
  }

  @Test
  void aDirectoryInPlaceOfAShardIsRefused() throws IOException {
    Files.createDirectory(directory.resolve("model.safetensors"));
    assertThat(refusal().error()).isEqualTo(CheckpointError.FILE_KIND);
  }

  @Test
  void aMissingShardIsNamed() throws IOException {
    index("\"a\":\"one.safetensors\"");
    CheckpointException refusal = refusal();
    assertThat(refusal.error()).isEqualTo(CheckpointError.FILE_MISSING);
    assertThat(refusal.sentence()).contains("one.safetensors");
  }

  @Test
  void aTensorThatItsShardLacksIsNamed() throws IOException {
    shard("one.safetensors", "a");
    index("\"a\":\"one.safetensors\",\"b\":\"one.safetensors\"");
    CheckpointException refusal = refusal();
    assertThat(refusal.error()).isEqualTo(CheckpointError.INDEX_TENSOR_MISSING);
    assertThat(refusal.sentence()).contains("'b'");
  }

  @Test
  void aTensorInTwoShardsIsRefused() throws IOException {
    shard("one.safetensors", "a");
    safetensors("{" + entry("a", "U8", "[1]", 0, 1) + "," + entry("b", "U8", "[1]", 1, 2) + "}", 2)
        .write(directory.resolve("two.safetensors"));
    index("\"a\":\"one.safetensors\",\"b\":\"two.safetensors\"");
    assertThat(refusal().error()).isEqualTo(CheckpointError.TENSOR_IN_TWO_SHARDS);
  }

  @Test
  void anIndexIsCheckedAsStrictlyAsAHeader() throws IOException {
    index("\"a\":\"one.safetensors\",\"a\":\"one.safetensors\"");
    assertThat(refusal().error()).isEqualTo(CheckpointError.INDEX_DUPLICATE);
    index("\"a\":1");
    assertThat(refusal().error()).isEqualTo(CheckpointError.INDEX_SYNTAX);
    index("");
    assertThat(refusal().error()).isEqualTo(CheckpointError.INDEX_SYNTAX);
    Files.writeString(indexFile(), "[");
    assertThat(refusal().error()).isEqualTo(CheckpointError.INDEX_SYNTAX);
    Files.writeString(indexFile(), "{\"x\":" + "[".repeat(100_000));
    assertThat(refusal().error()).isEqualTo(CheckpointError.INDEX_SYNTAX);
  }

  @Test
  void aDirectoryWithoutWeightsTellsWhatItHas() throws IOException {
    Files.writeString(directory.resolve("pytorch_model.bin"), "x");
    CheckpointException refusal = refusal();
    assertThat(refusal.error()).isEqualTo(CheckpointError.NO_WEIGHTS);
    assertThat(refusal.sentence()).contains("pytorch_model.bin");
  }

  @Test
  void aPathThatIsNotThereIsRefused() {
    assertThat(refusal(directory.resolve("none")).error()).isEqualTo(CheckpointError.NOT_FOUND);
  }

  @Test
  void aConfigurationOfAbsurdSizeIsNotRead() throws IOException {
    shard("model.safetensors", "a");
    try (var channel =
        FileChannel.open(
            directory.resolve("config.json"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {1}), 17L << 20);
    }
    try (Checkpoint checkpoint = Checkpoint.open(directory)) {
      assertThatThrownBy(() -> checkpoint.file(CheckpointFile.CONFIG))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("config.json");
    }
  }

  @Test
  void aShardThatIsWrittenToMeanwhileIsNoticed() throws IOException {
    shard("model.safetensors", "a");
    try (Checkpoint checkpoint = Checkpoint.open(directory)) {
      checkpoint.checkUnchanged();
      Files.setLastModifiedTime(
          directory.resolve("model.safetensors"), FileTime.fromMillis(1_000_000));
      assertThatThrownBy(checkpoint::checkUnchanged)
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("written to");
    }
  }

  private void shard(String file, String tensor) {
    safetensors("{" + entry(tensor, "U8", "[1]", 0, 1) + "}", 1).write(directory.resolve(file));
  }

  private Path indexFile() {
    return directory.resolve("model.safetensors.index.json");
  }

  private void index(String weightMap) throws IOException {
    Files.writeString(
        indexFile(),
        "{\"metadata\":{\"total_size\":2.0},\"weight_map\":{" + weightMap + "}}",
        StandardCharsets.UTF_8);
  }

  private CheckpointException refusal() {
    return refusal(directory);
  }

  private static CheckpointException refusal(Path location) {
    CheckpointException refusal =
        catchThrowableOfType(CheckpointException.class, () -> Checkpoint.open(location).close());
    assertThat(refusal).as("refusal of %s", location).isNotNull();
    return refusal;
  }
}
