package dev.lathe.runtime.measure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.engine.type.Sizes;
import dev.lathe.runtime.LlamaImage;
import dev.lathe.runtime.LlamaShape;
import org.junit.jupiter.api.Test;

/// Two layers of 16 with 2 heads of 8 over 1 KV head, 24 inside, a vocabulary of 257, in float32;
/// the embedding table is also the last matrix.
class PlanCostTest {
  private static final int LAYER_MATRIX_ELEMENTS = 32 * 16 + 16 * 16 + 48 * 16 + 16 * 24;
  private static final int HEAD_ELEMENTS = 257 * 16;

  private final LlamaImage image = new LlamaImage(LlamaShape.TINY, 1);
  private final PlanCost cost = new PlanCost(image.manifest(), image.plans().getFirst());

  @Test
  void aDecodeStepReadsEachMatrixOnceAndOneRowOfEachTable() {
    Cost total = cost.total(Workload.decode(1, 10));

    int norms = 2 * 2 * 16 + 16;
    int rows = 16 + 2 * 8;
    assertThat(total.weightBytes())
        .isEqualTo(4.0 * (2 * LAYER_MATRIX_ELEMENTS + HEAD_ELEMENTS + norms + rows));
  }

  @Test
  void attentionReadsTheContextAndOneTokenIsAdded() {
    Cost total = cost.total(Workload.decode(1, 10));

    assertThat(total.cacheBytes()).isEqualTo(4.0 * 2 * (10 + 1) * 2 * 8);
    assertThat(total.attentionFlops()).isEqualTo(2.0 * 10 * 4 * 2 * 8);
  }

  @Test
  void productsCountTwoForEachTokenAndElement() {
    Cost total = cost.total(new Workload(new Sizes(6, 2, 2), 10));

    assertThat(total.productFlops())
        .isEqualTo(2.0 * (6 * 2 * LAYER_MATRIX_ELEMENTS + 2 * HEAD_ELEMENTS));
  }

  @Test
  void promptTokensSeeThoseBeforeThem() {
    // 2 sequences of 3 new tokens after 2: each sees 3, 4 and 5 keys.
    Cost total = cost.total(new Workload(new Sizes(6, 2, 2), 10));

    assertThat(total.attentionFlops()).isEqualTo(2.0 * 2 * (3 + 4 + 5) * 4 * 2 * 8);
  }

  @Test
  void aWindowBoundsWhatIsRead() {
    Workload load = Workload.decode(2, 200);

    assertThat(load.keysRead(0)).isEqualTo(200);
    assertThat(load.keysRead(32)).isEqualTo(64);
    assertThat(load.pairs(32, true)).isEqualTo(64);
  }

  @Test
  void withoutCausalityEveryTokenSeesAll() {
    assertThat(new Workload(new Sizes(6, 2, 2), 6).pairs(0, false)).isEqualTo(18);
    assertThat(new Workload(new Sizes(6, 2, 2), 6).pairs(0, true)).isEqualTo(12);
  }
}
