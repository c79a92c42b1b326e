package dev.lathe.frontend.layout;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TensorPathTest {
  @Test
  void theNumberOfTheLayerIsTakenOutOfTheModule() {
    assertThat(TensorPath.of("model.layers.31.mlp.up_proj.bias"))
        .contains(new TensorPath("model.layers.{}.mlp.up_proj", 31, "bias"));
    assertThat(TensorPath.of("lm_head.weight")).contains(new TensorPath("lm_head", -1, "weight"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.layers.0.a.weight", "x.7.y.0.bias", "a.b.weight", "a.2.b"})
  void aNameIsMadeOfItsPartsAgain(String name) {
    assertThat(TensorPath.of(name)).map(TensorPath::text).contains(name);
  }

  @Test
  void aModuleMayBeATensorItself() {
    assertThat(TensorPath.of("model.layers.3.mlp.experts.down_proj"))
        .contains(new TensorPath("model.layers.{}.mlp.experts.down_proj", 3, ""));
    assertThat(TensorPath.of("weight")).contains(new TensorPath("weight", -1, ""));
    assertThat(TensorPath.of("")).isEmpty();
  }
}
