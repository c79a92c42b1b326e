package dev.lathe.engine.weight;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WeightTensorsTest {
  @Test
  void theTensorsOfAnExpressionAreReplacedAndNothingElse() {
    RandomWeights random = new RandomWeights(7);
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 300; i++) {
      WeightExpr expr = random.any(4);

      WeightExpr other =
          WeightTensors.replace(
              expr,
              name -> {
                seen.add(name);
                return new WeightExpr.Transpose(new WeightExpr.Tensor("other/" + name));
              });

      assertThat(WeightText.of(other).replaceAll("transpose\\(other/([^ ,)]+)\\)", "$1"))
          .isEqualTo(WeightText.of(expr));
    }
    assertThat(seen).hasSizeGreaterThan(100);
  }
}
