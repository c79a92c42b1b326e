package dev.lathe.engine.v1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.Sizes;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BatchInputTest {
  private static final Sizes SIZES = new Sizes(100, 7, 9);
  private static final int MAX_BLOCKS = 5;

  @ParameterizedTest
  @EnumSource
  void anInputHasAsManyElementsAsItsShapeSays(BatchInput input) {
    List<SizeExpr> shape = input.shape(MAX_BLOCKS);
    long product =
        shape.stream().mapToLong(size -> size.evaluate(SIZES)).reduce(1, (a, b) -> a * b);

    assertThat(input.elements(SIZES, MAX_BLOCKS)).isEqualTo(shape.isEmpty() ? 0 : product);
    assertThat(input.isAdjustment()).isEqualTo(shape.isEmpty());
  }

  @Test
  void boundsAreOneMoreThanWhatTheyBound() {
    assertThat(BatchInput.QUERY_STARTS.elements(SIZES, MAX_BLOCKS)).isEqualTo(8);
    assertThat(BatchInput.ADJUSTMENT_STARTS.elements(SIZES, MAX_BLOCKS)).isEqualTo(10);
  }

  @Test
  void tablesHaveARowForEachSequence() {
    assertThat(BatchInput.BLOCK_TABLES.shape(MAX_BLOCKS))
        .containsExactly(SizeExpr.SEQUENCES, SizeExpr.of(MAX_BLOCKS));
    assertThat(BatchInput.BLOCK_TABLES.elements(SIZES, MAX_BLOCKS)).isEqualTo(35);
  }
}
