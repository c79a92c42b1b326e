package dev.lathe.tests.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import dev.lathe.frontend.ImportedModel;
import dev.lathe.frontend.ImporterRegistry;
import dev.lathe.frontend.ModelLoader;
import dev.lathe.frontend.TensorMismatchException;
import dev.lathe.frontend.checkpoint.Checkpoint;
import dev.lathe.frontend.spi.ImportOptions;
import dev.lathe.tests.cli.TestFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the configuration of a model with experts may say, and what is wrong with one.
class RankedExpertsTest {
  @TempDir private Path folder;

  private static RankedCheckpoint ranked(String family) throws IOException {
    return RankedConversion.of(TestFiles.golden(family), 2, 1);
  }

  private ImportedModel load(RankedCheckpoint ranked) throws IOException {
    ranked.write(folder);
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      return new ModelLoader(ImporterRegistry.builtIn()).load(checkpoint, ImportOptions.DEFAULT);
    }
  }

  private LatheException refusal(RankedCheckpoint ranked) {
    LatheException refusal = catchThrowableOfType(LatheException.class, () -> load(ranked));
    assertThat(refusal).isNotNull();
    assertThat(refusal.exitCode()).isEqualTo(ExitCode.BAD_MODEL);
    return refusal;
  }

  private static JsonObject experts(RankedCheckpoint ranked) {
    return ranked.config().getAsJsonObject("moe");
  }

  @ParameterizedTest
  @ValueSource(strings = {"LlamaForCausalLM", "MistralForCausalLM"})
  void aLlamaWithExpertsIsMixtral(String architecture) throws IOException {
    RankedCheckpoint ranked = ranked("mixtral");
    ranked.config().addProperty("architecture", architecture);

    assertThat(load(ranked).importer()).isEqualTo("mixtral");
  }

  @Test
  void expertsOfAModelThatHasNoneAreRefused() throws IOException {
    RankedCheckpoint ranked = ranked("qwen3");
    ranked.config().add("moe", experts(ranked("mixtral")));

    assertThat(refusal(ranked)).hasMessageContaining("moe: num_experts '4'");
  }

  @Test
  void aModelOfExpertsMustSayHowManyThereAre() throws IOException {
    RankedCheckpoint ranked = ranked("mixtral");
    ranked.config().remove("moe");

    assertThat(refusal(ranked)).hasMessageContaining("config.json: moe is missing");
  }

  @Test
  void someLayersMayHaveNoExperts() throws IOException {
    RankedCheckpoint ranked = ranked("qwen3-moe");
    JsonArray dense = new JsonArray();
    dense.add(1);
    ranked.config().add("mlp_only_layers", dense);
    HeldTensor matrix = ranked.tensor(0, "transformer.vocab_embedding.weight").rows(0, 128);
    for (TreeMap<String, HeldTensor> rank : ranked.ranks()) {
      rank.remove("transformer.layers.1.mlp.router.weight");
      for (String module : List.of("fc", "gate", "proj")) {
        rank.put("transformer.layers.1.mlp." + module + ".weight", matrix);
      }
    }

    assertThat(load(ranked).importer()).isEqualTo("qwen3-moe");
  }

  @Test
  void aConfigurationAloneIsAModelWithMadeUpWeights() throws IOException {
    byte[] config = ranked("mixtral").config().toString().getBytes(StandardCharsets.UTF_8);

    ImportedModel model =
        new ModelLoader(ImporterRegistry.builtIn())
            .random("config.json", config, 0, ImportOptions.DEFAULT);

    assertThat(model.importer()).isEqualTo("mixtral");
  }

  @Test
  void missingTensorsAreNamedAsTheyAreStored() throws IOException {
    RankedCheckpoint ranked = ranked("mixtral");
    for (String module : new String[] {"fc", "router"}) {
      ranked.ranks().get(1).remove("transformer.layers.0.mlp." + module + ".weight");
    }

    assertThat(((TensorMismatchException) refusal(ranked)).problems())
        .extracting(problem -> problem.sentence())
        .containsExactly(
            "tensor 'rank1/transformer.layers.0.mlp.router.weight' (4, 128) is missing",
            "tensor 'rank1/transformer.layers.0.mlp.fc.weight' (4, 256, 128) is missing");
  }

  @Test
  void ranksThatAreNoProductOfGroupsAndPartsAreRefused() throws IOException {
    RankedCheckpoint ranked = ranked("mixtral");
    ranked.config().getAsJsonObject("mapping").addProperty("moe_ep_size", 2);

    assertThat(refusal(ranked))
        .hasMessageContaining("moe_tp_size * moe_ep_size must be the tp_size 2, but is 2 * 2");
  }

  @ParameterizedTest
  @CsvSource({"1, 2, num_experts is 3", "2, 1, intermediate_size is 255"})
  void expertsThatRanksDoNotDivideAreRefused(int parts, int groups, String message)
      throws IOException {
    RankedCheckpoint ranked = ranked("mixtral");
    JsonObject mapping = ranked.config().getAsJsonObject("mapping");
    mapping.addProperty("moe_tp_size", parts);
    mapping.addProperty("moe_ep_size", groups);
    experts(ranked).addProperty("num_experts", 3);
    ranked.config().addProperty("intermediate_size", 255);

    assertThat(refusal(ranked)).hasMessageContaining(message);
  }

  @Test
  void weightsOfExpertsThatTheImporterWouldSumOtherwiseAreRefused() throws IOException {
    RankedCheckpoint ranked = ranked("mixtral");
    experts(ranked).addProperty("normalization_mode", 2);

    assertThat(refusal(ranked)).hasMessageContaining("moe: normalization_mode '2'");
  }

  @Test
  void aModeThatToolsWriteForEveryModelMustBeBackedByTheModelsOwnField() throws IOException {
    RankedCheckpoint ranked = ranked("qwen3-moe");
    experts(ranked).addProperty("normalization_mode", 0);

    assertThat(refusal(ranked))
        .hasMessageContaining("normalization_mode '0'")
        .hasMessageContaining("add norm_topk_prob");

    ranked.config().addProperty("norm_topk_prob", true);
    assertThat(load(ranked).importer()).isEqualTo("qwen3-moe");
  }
}
