package dev.lathe.codegen.tile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SwizzleTest {

  @ParameterizedTest
  @EnumSource
  void aSwizzlePermutesTheBytesOfItsTileAndKeepsChunksWhole(Swizzle swizzle) {
    Set<Integer> places = new HashSet<>();
    for (int offset = 0; offset < 8192; offset++) {
      assertThat(swizzle.apply(offset) % 16).isEqualTo(offset % 16);
      places.add(swizzle.apply(offset));
    }
    assertThat(places).hasSize(8192).allMatch(place -> place >= 0 && place < 8192);
  }

  @ParameterizedTest
  @EnumSource(names = {"B32", "B64", "B128"})
  void eightRowsAtOneColumnLieInDifferentBanks(Swizzle swizzle) {
    int rowBytes = Integer.parseInt(swizzle.name().substring(1));
    for (int chunk = 0; chunk < rowBytes / 16; chunk++) {
      Set<Integer> banks = new HashSet<>();
      for (int row = 0; row < 8; row++) {
        banks.add(swizzle.apply(row * rowBytes + 16 * chunk) % 128);
      }
      assertThat(banks).hasSize(8);
    }
  }

  @Test
  void withoutASwizzleRowsOf128BytesCollide() {
    assertThat(Swizzle.NONE.apply(0) % 128).isEqualTo(Swizzle.NONE.apply(128) % 128);
  }

  @Test
  void theImageIsTheOneThatTensorMapsMake() {
    assertThat(Swizzle.B128.apply(13 * 128 + 74)).isEqualTo(1690);
    assertThat(Swizzle.B128.apply(13 * 128 + 100)).isEqualTo(1716);
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 40, 64, 72, 80, 128, 256})
  void aPaddedPitchPutsEightRowsIntoDifferentBanks(int columns) {
    int pitch = SharedTile.paddedPitch(columns);
    Set<Integer> banks = new HashSet<>();
    for (int row = 0; row < 8; row++) {
      banks.add(row * pitch % 128);
    }
    assertThat(banks).hasSize(8);
    assertThat(pitch).isGreaterThanOrEqualTo(2 * columns);
  }
}
