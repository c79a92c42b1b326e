package dev.lathe.frontend.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.frontend.ImporterRegistry;
import dev.lathe.frontend.ModelLoader;
import dev.lathe.frontend.config.ConfigException;
import dev.lathe.ir.TensorProblem;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class BertImporterTest {
  private static final String FIELDS =
      "\"vocab_size\":8,\"hidden_size\":64,\"intermediate_size\":8,\"num_hidden_layers\":1,"
          + "\"num_attention_heads\":2";

  private static List<String> tensors(String architecture, String more) {
    String config = "{\"architectures\":[\"" + architecture + "\"]," + FIELDS + more + "}";
    return new ModelLoader(ImporterRegistry.builtIn())
        .requiredTensors("config.json", config.getBytes(StandardCharsets.UTF_8)).stream()
            .map(TensorProblem::tensor)
            .toList();
  }

  @Test
  void aModelWithoutAHeadHasNoneOfItsTensors() {
    assertThat(tensors("BertModel", ""))
        .contains("bert.embeddings.token_type_embeddings.weight")
        .noneMatch(tensor -> tensor.startsWith("cls."));
  }

  @Test
  void theHeadIsTheTableOrATensorOfItsOwn() {
    assertThat(tensors("BertForMaskedLM", ""))
        .contains("cls.predictions.bias", "cls.predictions.transform.dense.weight")
        .doesNotContain("cls.predictions.decoder.weight");
    assertThat(tensors("BertForPreTraining", ",\"tie_word_embeddings\":false"))
        .contains("cls.predictions.decoder.weight");
  }

  @Test
  void whatFollowsFromTheRestOrServesOtherHeadsIsLeftAlone() {
    assertThat(
            List.of(
                "bert.pooler.dense.weight",
                "embeddings.position_ids",
                "cls.seq_relationship.bias",
                "cls.predictions.decoder.bias"))
        .allMatch(new BertImporter()::ignores);
    assertThat(new BertImporter().ignores("cls.predictions.decoder.weight")).isFalse();
  }

  @Test
  void decodersAndRelativePositionsAreRefused() {
    assertThatThrownBy(() -> tensors("BertModel", ",\"is_decoder\":true"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("is_decoder");
    assertThatThrownBy(() -> tensors("BertModel", ",\"position_embedding_type\":\"relative_key\""))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("position_embedding_type 'relative_key'");
  }
}
