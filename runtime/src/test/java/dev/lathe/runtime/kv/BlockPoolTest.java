package dev.lathe.runtime.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BlockPoolTest {

  @Test
  void handsOutEachBlockOnce() {
    BlockPool pool = new BlockPool(5);
    Set<Integer> blocks = new HashSet<>();
    for (int i = 0; i < 5; i++) {
      blocks.add(pool.take());
    }

    assertThat(blocks).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
    assertThatThrownBy(pool::take).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void refusesABlockThatIsFreeOrForeign() {
    BlockPool pool = new BlockPool(3);
    int block = pool.take();
    pool.release(block);

    assertThatThrownBy(() -> pool.release(block)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> pool.release(-1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> pool.release(77)).isInstanceOf(IllegalStateException.class);
    assertThat(pool.freeCount()).isEqualTo(3);
  }

  @Test
  void tablesTakeAllThatTheyNeedOrNothing() {
    BlockPool pool = new BlockPool(3);
    BlockTable table = new BlockTable(4, 100);

    assertThat(table.reserve(13, pool)).isFalse();
    assertThat(pool.freeCount()).isEqualTo(3);
    assertThat(table.reserve(8, pool)).isTrue();
    assertThat(table.reserve(8, pool)).isTrue();
    assertThat(table.count()).isEqualTo(2);
    assertThat(table.slot(5)).isEqualTo(table.block(1) * 4 + 1);
    assertThatThrownBy(() -> table.slot(8)).isInstanceOf(IllegalStateException.class);

    table.release(pool);
    assertThat(pool.freeCount()).isEqualTo(3);
  }
}
