package dev.lathe.tests.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import dev.lathe.frontend.ImportedModel;
import dev.lathe.frontend.ImporterRegistry;
import dev.lathe.frontend.ModelLoader;
import dev.lathe.frontend.TensorMismatchException;
import dev.lathe.frontend.checkpoint.Checkpoint;
import dev.lathe.frontend.spi.ImportOptions;
import dev.lathe.tests.cli.CommandRun;
import dev.lathe.tests.cli.TestFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What can be wrong with a checkpoint of two tensor-parallel ranks in each of two stages.
class RankedRefusalTest {
  private static final String QUERY_KEY_VALUE = "transformer.layers.0.attention.qkv.weight";
  private static final String NORM = "transformer.layers.0.input_layernorm.weight";

  @TempDir private Path folder;
  private RankedCheckpoint ranked = RankedCheckpoint.empty(new JsonObject(), 0);

  @BeforeEach
  void convert() throws IOException {
    ranked = RankedConversion.of(TestFiles.golden("llama"), 2, 2);
  }

  private JsonObject part(String name) {
    return ranked.config().getAsJsonObject(name);
  }

  private ImportedModel load() throws IOException {
    ranked.write(folder);
    return loadFolder();
  }

  private ImportedModel loadFolder() {
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      return new ModelLoader(ImporterRegistry.builtIn()).load(checkpoint, ImportOptions.DEFAULT);
    }
  }

  private LatheException refusal() {
    LatheException refusal = catchThrowableOfType(LatheException.class, this::load);
    assertThat(refusal).isNotNull();
    assertThat(refusal.exitCode()).isEqualTo(ExitCode.BAD_MODEL);
    return refusal;
  }

  private TensorMismatchException mismatch() {
    assertThat(refusal()).isInstanceOf(TensorMismatchException.class);
    return catchThrowableOfType(TensorMismatchException.class, this::load);
  }

  @ParameterizedTest
  @CsvSource({"quant_algo, W4A16_AWQ", "kv_cache_quant_algo, FP8"})
  void quantizedWeightsOrCachesAreRefusedByTheNameOfTheAlgorithm(String field, String algorithm) {
    part("quantization").addProperty(field, algorithm);

    assertThat(refusal())
        .hasMessageContaining("config.json: quantization: " + field + " '" + algorithm + "'");
  }

  @Test
  void theCommandEndsWithTheCodeOfABadModel() throws IOException {
    part("quantization").addProperty("quant_algo", "FP8");
    ranked.write(folder.resolve("model"));

    CommandRun run =
        CommandRun.of(
                "trtllm-build",
                "--checkpoint_dir",
                folder.resolve("model"),
                "--output_dir",
                folder.resolve("engine"),
                "--target",
                "cpu")
            .endsWith(4);

    assertThat(run.err()).contains("quant_algo 'FP8'");
  }

  @Test
  void allMissingRankFilesAreNamed() throws IOException {
    ranked.write(folder);
    Files.delete(folder.resolve("rank1.safetensors"));
    Files.delete(folder.resolve("rank3.safetensors"));

    LatheException refusal = catchThrowableOfType(LatheException.class, this::loadFolder);

    assertThat(refusal.code()).isEqualTo("checkpoint-rank-files");
    assertThat(refusal).hasMessageContaining("4 ranks").hasMessageContaining("rank1.safetensors,");
    assertThat(refusal).hasMessageContaining("rank3.safetensors");
  }

  @Test
  void rankFilesBeyondTheWorldAreNamed() throws IOException {
    ranked.write(folder);
    Files.copy(folder.resolve("rank0.safetensors"), folder.resolve("rank7.safetensors"));

    assertThat(catchThrowableOfType(LatheException.class, this::loadFolder))
        .hasMessageContaining("there is also rank7.safetensors");
  }

  @Test
  void aWorldThatIsNoProductOfItsPartsIsRefused() {
    part("mapping").addProperty("world_size", 8);

    assertThat(refusal()).hasMessageContaining("tp_size * pp_size = 4, but is 8");
  }

  @Test
  void aConfigurationOfTheOtherLayoutIsRefused() throws IOException {
    ranked.write(folder);
    Path config = TestFiles.golden("llama").resolve("config.json");
    Files.writeString(folder.resolve("config.json"), Files.readString(config));

    assertThat(catchThrowableOfType(LatheException.class, this::loadFolder).code())
        .isEqualTo("checkpoint-rank-files");
  }

  @Test
  void allTensorsInWhichRanksDifferAreNamed() {
    HeldTensor stack = ranked.tensor(1, QUERY_KEY_VALUE);
    ranked.ranks().get(1).put(QUERY_KEY_VALUE, stack.rows(0, 100));
    HeldTensor norm = ranked.tensor(3, NORM);
    byte[] other = norm.bytes().clone();
    other[5] ^= 1;
    ranked.ranks().get(3).put(NORM, new HeldTensor(norm.dtype(), norm.shape(), other));

    LatheException refusal = refusal();

    assertThat(refusal.code()).isEqualTo("checkpoint-ranks-differ");
    assertThat(refusal)
        .hasMessageContaining("'rank1/" + QUERY_KEY_VALUE + "' is bf16 (100, 128)")
        .hasMessageContaining("'rank0/" + QUERY_KEY_VALUE + "' is bf16 (192, 128)")
        .hasMessageContaining("'rank3/" + NORM + "' has other values than 'rank2/" + NORM + "'");
  }

  @Test
  void allMissingMisshapenAndUnusedTensorsAreNamedAsTheyAreStored() {
    ranked.ranks().get(1).remove(QUERY_KEY_VALUE);
    ranked.ranks().get(3).remove("transformer.ln_f.weight");
    for (int rank = 0; rank < 2; rank++) {
      String gate = "transformer.layers.0.mlp.gate.weight";
      ranked.ranks().get(rank).put(gate, ranked.tensor(rank, gate).rows(0, 127));
    }
    ranked.ranks().get(2).put("transformer.layers.1.mlp.fc.weight", ranked.tensor(2, NORM));
    ranked.ranks().get(2).put("zebra", ranked.tensor(2, NORM));

    TensorMismatchException mismatch = mismatch();

    assertThat(mismatch.problems())
        .extracting(problem -> problem.sentence())
        .containsExactly(
            "tensor 'rank1/" + QUERY_KEY_VALUE + "' (192, 128) is missing",
            "tensor 'rank0/transformer.layers.0.mlp.gate.weight' should be (128, 128) but is"
                + " bf16 (127, 128)",
            "tensor 'rank1/transformer.layers.0.mlp.gate.weight' should be (128, 128) but is"
                + " bf16 (127, 128)",
            "tensor 'rank3/transformer.ln_f.weight' (128) is missing");
    assertThat(mismatch.unused())
        .containsExactly("rank2/transformer.layers.1.mlp.fc.weight", "rank2/zebra");
  }

  @Test
  void aHeadThatIsTiedAndIsNotTheTableIsNamedForEachRank() {
    ranked.config().addProperty("tie_word_embeddings", true);

    assertThat(mismatch().unused()).containsExactly("rank2/lm_head.weight", "rank3/lm_head.weight");
  }

  @Test
  void anAbsentHeadMeansTiedUnlessTheConfigurationDeniesIt() throws IOException {
    ranked.ranks().forEach(rank -> rank.remove("lm_head.weight"));

    assertThat(load().config().tiedEmbeddings()).isTrue();

    ranked.config().addProperty("tie_word_embeddings", false);
    assertThat(mismatch().problems()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({
    "architecture, ZebraForCausalLM",
    "position_embedding_type, alibi",
    "residual_mlp, true",
    "qk_layernorm, true",
    "use_last_layernorm, false",
    "embedding_multiplier, 12",
    "rotary_embedding_dim, 32",
    "hidden_act, gelu_10"
  })
  void whatNoImporterKnowsIsRefusedByTheNameOfItsField(String field, String value) {
    ranked.config().add(field, JsonParser.parseString(value));

    assertThat(refusal().code()).isEqualTo("config-unsupported");
    assertThat(refusal()).hasMessageContaining(field).hasMessageContaining(value);
  }

  @ParameterizedTest
  @CsvSource({"num_attention_heads, 3", "intermediate_size, 255"})
  void sizesThatRanksDoNotDivideAreRefused(String field, int size) {
    ranked.config().addProperty("head_size", 64);
    ranked.config().addProperty(field, size);

    assertThat(refusal().code()).isEqualTo("config-conflict");
    assertThat(refusal()).hasMessageContaining(field).hasMessageContaining("tp_size 2");
  }

  @Test
  void tablesThatFollowFromTheConfigurationAreLeftAlone() throws IOException {
    ranked.ranks().get(0).put("rotary_inv_freq", ranked.tensor(0, NORM));
    ranked.ranks().get(1).put("transformer.embed_positions", ranked.tensor(1, NORM));

    assertThat(load().importer()).isEqualTo("llama");
  }

  @Test
  void valuesThatAFieldOfNullStandsForAreThoseOfTheLayout() throws IOException {
    for (String field : List.of("norm_epsilon", "intermediate_size", "num_key_value_heads")) {
      ranked.config().add(field, JsonNull.INSTANCE);
    }
    byte[] config = ranked.config().toString().getBytes(StandardCharsets.UTF_8);

    ImportedModel model =
        new ModelLoader(ImporterRegistry.builtIn())
            .random("config.json", config, 0, ImportOptions.DEFAULT);

    assertThat(model.config().epsilon()).isEqualTo(1e-5f);
    assertThat(model.config().intermediateSize()).isEqualTo(4 * 128);
    assertThat(model.config().keyValueHeads()).isEqualTo(2);
  }
}
