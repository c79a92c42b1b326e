package dev.lathe.codegen.tile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FragmentTest {

  @ParameterizedTest
  @EnumSource
  void everyElementOfTheTileIsHeldByExactlyOneLane(MmaFragment fragment) {
    Set<List<Integer>> places = new HashSet<>();
    for (int lane = 0; lane < 32; lane++) {
      for (int element = 0; element < fragment.elements(); element++) {
        int row = fragment.row(lane, element);
        int column = fragment.column(lane, element);
        assertThat(row).isBetween(0, fragment.rows() - 1);
        assertThat(column).isBetween(0, fragment.columns() - 1);
        places.add(List.of(row, column));
      }
    }
    assertThat(places).hasSize(fragment.rows() * fragment.columns());
  }

  @Test
  void twoSumsSideBySideAreAFactorOfTheNextProduct() {
    for (int lane = 0; lane < 32; lane++) {
      for (int element = 0; element < 8; element++) {
        int sum = element % 4;
        int right = element / 4;
        assertThat(MmaFragment.A.row(lane, element)).isEqualTo(MmaFragment.C.row(lane, sum));
        assertThat(MmaFragment.A.column(lane, element))
            .isEqualTo(8 * right + MmaFragment.C.column(lane, sum));
      }
    }
  }

  @Test
  void anAccumulatorOfAWarpgroupCovers64RowsAndAllColumnsOnce() {
    Set<List<Integer>> places = new HashSet<>();
    for (int thread = 0; thread < 128; thread++) {
      for (int register = 0; register < 32; register++) {
        places.add(
            List.of(WgmmaFragment.row(thread, register), WgmmaFragment.column(thread, register)));
      }
    }
    assertThat(places).hasSize(64 * 64);
    assertThat(WgmmaFragment.row(127, 2)).isEqualTo(48 + 7 + 8);
  }
}
