package dev.lathe.frontend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.weight.WeightExpr;
import dev.lathe.frontend.checkpoint.Checkpoint;
import dev.lathe.frontend.spi.ImportOptions;
import dev.lathe.ir.AttentionOp.PagedAttention;
import dev.lathe.ir.LeafOp;
import dev.lathe.ir.TensorProblem;
import dev.lathe.ir.text.LiteralPrinter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ModelLoaderTest {
  private static final Pattern TENSOR = Pattern.compile("tensor\\(\"([^\"]*)\"\\)");

  private final ModelLoader loader = new ModelLoader(ImporterRegistry.builtIn());

  @TempDir Path directory;

  static List<String> goldens() {
    return Goldens.families();
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void everyTensorOfAGoldenIsUsed(String golden) {
    try (Checkpoint checkpoint = Checkpoint.open(Goldens.family(golden))) {
      ImportedModel model = loader.load(checkpoint, ImportOptions.DEFAULT);
      assertThat(model.dtype()).isEqualTo(DType.BF16);
      Set<String> tensors =
          model.graph().weights().stream()
              .flatMap(weight -> TENSOR.matcher(LiteralPrinter.print(weight.source())).results())
              .map(match -> match.group(1))
              .collect(Collectors.toSet());
      assertThat(tensors).containsExactlyInAnyOrderElementsOf(checkpoint.tensors().keySet());
    }
  }

  @Test
  void theBundledModelIsImported() {
    try (Checkpoint checkpoint = Checkpoint.open(Goldens.austen())) {
      ImportedModel model = loader.load(checkpoint, ImportOptions.DEFAULT);
      assertThat(model.config().endIds()).containsExactly(0);
      assertThat(model.graph().caches()).hasSize(12);
      assertThat(checkpoint.tokenizerFiles()).containsKeys("tokenizer.json");
    }
  }

  @Test
  void theWindowOfMistralReachesItsLayers() {
    assertThat(windows("mistral-window")).containsExactly(16, 16);
    assertThat(windows("llama")).containsExactly(0, 0);
    assertThat(windows("qwen2")).containsExactly(0, 0);
  }

  private List<Integer> windows(String golden) {
    try (Checkpoint checkpoint = Checkpoint.open(Goldens.family(golden))) {
      return loader.load(checkpoint, ImportOptions.DEFAULT).graph().nodes().stream()
          .map(node -> node.op())
          .filter(PagedAttention.class::isInstance)
          .map(op -> ((PagedAttention) op).window())
          .toList();
    }
  }

  @Test
  void weightsAreCastToTheChosenType() {
    try (Checkpoint checkpoint = Checkpoint.open(Goldens.family("llama"))) {
      var options = ImportOptions.DEFAULT.withDtype(DType.F32).withPositions(77);
      ImportedModel model = loader.load(checkpoint, options);
      assertThat(model.graph().weights())
          .extracting(LeafOp.Weight::source)
          .contains(new WeightExpr.Cast(new WeightExpr.Tensor("lm_head.weight"), DType.F32))
          .filteredOn(WeightExpr.RotaryTable.class::isInstance)
          .singleElement()
          .extracting(table -> ((WeightExpr.RotaryTable) table).positions())
          .isEqualTo(77L);
    }
  }

  @Test
  void aConfigurationAloneGivesMadeUpWeights() throws IOException {
    byte[] config = Files.readAllBytes(Goldens.family("qwen3").resolve("config.json"));
    ImportedModel model = loader.random("config.json", config, 1, ImportOptions.DEFAULT);
    assertThat(model.graph().weights())
        .extracting(LeafOp.Weight::source)
        .allMatch(source ->
            source instanceof WeightExpr.Random || source instanceof WeightExpr.RotaryTable);
  }

  @Test
  void theTensorsOfAConfigurationAreKnownWithoutACheckpoint() throws IOException {
    for (String golden : Goldens.families()) {
      byte[] config = Files.readAllBytes(Goldens.family(golden).resolve("config.json"));
      List<TensorProblem> required = loader.requiredTensors("config.json", config);
      try (Checkpoint checkpoint = Checkpoint.open(Goldens.family(golden))) {
        assertThat(required)
            .extracting(TensorProblem::tensor)
            .containsExactlyInAnyOrderElementsOf(checkpoint.tensors().keySet());
      }
    }
  }

  @Test
  void theTextPartOfAModelThatSeesPicturesLiesFurtherDown() throws IOException {
    String text = Files.readString(Goldens.family("gemma3").resolve("config.json"));
    String nested =
        "{\"architectures\":[\"Gemma3ForConditionalGeneration\"],\"text_config\":" + text + "}";
    assertThat(loader.requiredTensors("config.json", nested.getBytes(StandardCharsets.UTF_8)))
        .extracting(TensorProblem::tensor)
        .contains("model.language_model.layers.5.self_attn.q_norm.weight")
        .allMatch(name -> name.startsWith("model.language_model."));
  }

  @Test
  void allMissingTensorsAreListedAtOnce() throws IOException {
    TensorMismatchException mismatch =
        mismatch("llama", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3");
    assertThat(mismatch.code()).isEqualTo("tensor-mismatch");
    assertThat(mismatch.problems()).hasSize(9);
    assertThat(mismatch.sentence()).contains("'model.layers.2.mlp.up_proj.weight'");
  }

  @Test
  void allUnusedTensorsAreListedAtOnce() throws IOException {
    TensorMismatchException mismatch =
        mismatch("llama", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 1");
    assertThat(mismatch.code()).isEqualTo("unused-tensors");
    assertThat(mismatch.unused()).hasSize(9).allMatch(name -> name.startsWith("model.layers.1."));
  }

  @Test
  void misshapenTensorsAreListedWithBothShapes() throws IOException {
    TensorMismatchException mismatch =
        mismatch("llama", "\"intermediate_size\": 256", "\"intermediate_size\": 512");
    assertThat(mismatch.problems()).hasSize(6);
    assertThat(mismatch.sentence()).contains("should be (512, 128) but is bf16 (256, 128)");
  }

  @Test
  void anotherHeadBesideATiedTableIsRefused() throws IOException {
    TensorMismatchException mismatch =
        mismatch("llama", "\"tie_word_embeddings\": false", "\"tie_word_embeddings\": true");
    assertThat(mismatch.unused()).containsExactly("lm_head.weight");
  }

  @Test
  void anUnknownArchitectureIsToldTheNearestKnownOne() throws IOException {
    copy("llama", "LlamaForCausalLM", "Qwen3VlForCausalLM");
    try (Checkpoint checkpoint = Checkpoint.open(directory)) {
      assertThatThrownBy(() -> loader.load(checkpoint, ImportOptions.DEFAULT))
          .isInstanceOf(UnknownArchitectureException.class)
          .hasMessageContaining("'Qwen3VlForCausalLM'")
          .hasMessageContaining("nearest known one is Qwen3ForCausalLM");
    }
  }

  @Test
  void anUnknownActivationIsRefusedByName() throws IOException {
    copy("llama", "\"silu\"", "\"gelu_10\"");
    try (Checkpoint checkpoint = Checkpoint.open(directory)) {
      assertThatThrownBy(() -> loader.load(checkpoint, ImportOptions.DEFAULT))
          .hasMessageContaining("hidden_act 'gelu_10'");
    }
  }

  private TensorMismatchException mismatch(String golden, String from, String to)
      throws IOException {
    copy(golden, from, to);
    try (Checkpoint checkpoint = Checkpoint.open(directory)) {
      TensorMismatchException mismatch =
          catchThrowableOfType(
              TensorMismatchException.class, () -> loader.load(checkpoint, ImportOptions.DEFAULT));
      assertThat(mismatch).isNotNull();
      return mismatch;
    }
  }

  /// A golden with one field of its configuration changed.
  private void copy(String golden, String from, String to) throws IOException {
    Path source = Goldens.family(golden);
    String config = Files.readString(source.resolve("config.json"), StandardCharsets.UTF_8);
    assertThat(config).contains(from);
    Files.writeString(directory.resolve("config.json"), config.replace(from, to));
    Files.copy(source.resolve("model.safetensors"), directory.resolve("model.safetensors"));
  }
}
