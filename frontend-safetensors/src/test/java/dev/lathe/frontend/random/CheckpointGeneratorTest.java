package dev.lathe.frontend.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lathe.engine.error.LatheException;
import dev.lathe.frontend.Goldens;
import dev.lathe.frontend.ImportedModel;
import dev.lathe.frontend.ImporterRegistry;
import dev.lathe.frontend.ModelLoader;
import dev.lathe.frontend.checkpoint.Checkpoint;
import dev.lathe.frontend.checkpoint.TensorEntry;
import dev.lathe.frontend.spi.ImportOptions;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointGeneratorTest {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @TempDir Path directory;

  @Test
  void aGeneratedCheckpointIsImported() throws IOException {
    var written = new AtomicLong();
    var summary = CheckpointGenerator.generate(request("a"), written::addAndGet);
    assertThat(written).hasValue(summary.bytes());
    try (Checkpoint checkpoint = Checkpoint.open(directory.resolve("a"))) {
      assertThat(checkpoint.tensorBytes()).isEqualTo(summary.bytes());
      ImportedModel model =
          new ModelLoader(ImporterRegistry.builtIn()).load(checkpoint, ImportOptions.DEFAULT);
      assertThat(model.config().endIds()).containsExactly(0);
    }
  }

  @Test
  void shardsHaveAnIndex() throws IOException {
    CheckpointGenerator.generate(request("a"), bytes -> {});
    var summary = CheckpointGenerator.generate(request("b").withShardBytes(3_000_000), bytes -> {});
    assertThat(summary.files()).isGreaterThan(2);
    try (Checkpoint whole = Checkpoint.open(directory.resolve("a"));
        Checkpoint sharded = Checkpoint.open(directory.resolve("b"))) {
      assertThat(sharded.tensors()).containsOnlyKeys(whole.tensors().keySet());
      for (String name : whole.tensors().keySet()) {
        assertThat(whole.tensor(name).data().mismatch(sharded.tensor(name).data())).isEqualTo(-1);
      }
    }
  }

  @Test
  void theThreadsDoNotMatter() throws IOException {
    CheckpointGenerator.generate(request("a").withThreads(1), bytes -> {});
    CheckpointGenerator.generate(request("b").withThreads(7), bytes -> {});
    assertThat(directory.resolve("b/model.safetensors"))
        .hasSameBinaryContentAs(directory.resolve("a/model.safetensors"));
  }

  @Test
  void valuesAreNormalAndNormsAreOne() throws IOException {
    CheckpointGenerator.generate(request("a"), bytes -> {});
    try (Checkpoint checkpoint = Checkpoint.open(directory.resolve("a"))) {
      for (TensorEntry tensor : checkpoint.tensors().values()) {
        MemorySegment data = checkpoint.tensor(tensor.name()).data();
        if (tensor.shape().size() == 1) {
          assertThat(value(data, 0)).isEqualTo(1f);
          continue;
        }
        assertNormal(data, tensor);
      }
    }
  }

  private static void assertNormal(MemorySegment data, TensorEntry tensor) {
    double deviation = deviation(tensor.name());
    long count = tensor.bytes() / 2;
    double sum = 0;
    double squares = 0;
    long inside = 0;
    for (long i = 0; i < count; i++) {
      double value = value(data, i);
      sum += value;
      squares += value * value;
      inside += Math.abs(value) < deviation ? 1 : 0;
    }
    assertThat(sum / count).isCloseTo(0, within(6 * deviation / Math.sqrt((double) count)));
    assertThat(Math.sqrt(squares / count)).isCloseTo(deviation, within(0.02 * deviation));
    assertThat((double) inside / count).isCloseTo(0.6827, within(0.02));
  }

  /// The stream begins at about one, and what is added to it is small.
  private static double deviation(String tensor) {
    if (tensor.endsWith("embed_tokens.weight")) {
      return 1.28;
    }
    return tensor.contains("o_proj") || tensor.contains("down_proj") ? 0.00125 : 0.02;
  }

  private static float value(MemorySegment data, long index) {
    return Float.intBitsToFloat(data.get(SHORT, 2 * index) << 16);
  }

  @Test
  void tensorsDiffer() throws IOException {
    CheckpointGenerator.generate(request("a"), bytes -> {});
    try (Checkpoint checkpoint = Checkpoint.open(directory.resolve("a"))) {
      MemorySegment gate = checkpoint.tensor("model.layers.0.mlp.gate_proj.weight").data();
      MemorySegment up = checkpoint.tensor("model.layers.0.mlp.up_proj.weight").data();
      assertThat(gate.mismatch(up)).isLessThan(8);
    }
  }

  @Test
  void aTokenizerIsCopied() throws IOException {
    CheckpointGenerator.generate(request("a").withTokenizerFrom(Goldens.austen()), bytes -> {});
    assertThat(directory.resolve("a/tokenizer.json"))
        .hasSameBinaryContentAs(Goldens.austen().resolve("tokenizer.json"));
  }

  @Test
  void nothingIsOverwritten() throws IOException {
    Files.writeString(directory.resolve("x"), "mine");
    assertThatThrownBy(() ->
            CheckpointGenerator.generate(
                GenerationRequest.of(ModelShape.named("tiny"), directory), bytes -> {}))
        .isInstanceOf(LatheException.class)
        .hasMessageContaining("not empty");
  }

  @ParameterizedTest
  @CsvSource({
    "llama-3-8b,  8030261248",
    "llama-2-7b,  6738415616",
    "mistral-7b,  7248023552",
    "qwen2.5-7b,  7615616512",
    "qwen3-8b,    8190735360",
    "gpt-j-6b,    6050882784",
    "tiny,        3278080"
  })
  void shapesHaveTheParametersOfTheirModels(String name, long parameters) {
    List<TensorSpec> tensors = ModelTensors.of(ModelShape.named(name));
    assertThat(tensors.stream().mapToLong(TensorSpec::bytes).sum() / 2).isEqualTo(parameters);
  }

  @Test
  void everyNameHasItsShape() {
    assertThat(ModelShape.names()).isSorted().allSatisfy(ModelShape::named);
    assertThatThrownBy(() -> ModelShape.named("llama-9")).hasMessageContaining("llama-9");
  }

  private GenerationRequest request(String name) {
    return GenerationRequest.of(ModelShape.named("tiny"), directory.resolve(name));
  }
}
