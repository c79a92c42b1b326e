package dev.lathe.frontend.layout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ParallelismTest {
  @Test
  void whatDoesNotDivideGoesToTheFirstStages() {
    Parallelism ranks = new Parallelism(2, 4, 10);

    assertThat(stages(ranks)).containsExactly(0, 0, 0, 1, 1, 1, 2, 2, 3, 3);
    assertThat(IntStream.rangeClosed(0, 4).map(ranks::firstLayer)).containsExactly(0, 3, 6, 8, 10);
  }

  @Test
  void aSingleStageHoldsAllLayers() {
    assertThat(stages(new Parallelism(8, 1, 3))).containsExactly(0, 0, 0);
  }

  @Test
  void shardsOfAStageAreNeighbours() {
    Parallelism ranks = new Parallelism(2, 2, 2);

    assertThat(ranks.rank(0, 1)).isEqualTo(1);
    assertThat(ranks.rank(1, 0)).isEqualTo(2);
  }

  private static List<Integer> stages(Parallelism ranks) {
    return IntStream.range(0, ranks.layers()).mapToObj(ranks::stageOf).toList();
  }
}
