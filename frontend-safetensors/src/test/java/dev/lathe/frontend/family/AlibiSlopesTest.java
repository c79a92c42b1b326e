package dev.lathe.frontend.family;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AlibiSlopesTest {
  @Test
  void slopesOfAPowerOfTwoAreAGeometricSeriesThatEndsAtTheEighthPowerOfAHalf() {
    assertThat(AlibiSlopes.of(4, 1)).containsExactly(0x1p-2, 0x1p-4, 0x1p-6, 0x1p-8);
    assertThat(AlibiSlopes.of(1, 1)).containsExactly(0x1p-8);
  }

  @Test
  void otherHeadsTakeEveryOtherSlopeOfTwiceAsMany() {
    assertThat(AlibiSlopes.of(6, 1))
        .containsExactly(0x1p-2, 0x1p-4, 0x1p-6, 0x1p-8, 0x1p-1, 0x1p-3);
  }

  @Test
  void slopesAreScaled() {
    assertThat(AlibiSlopes.of(2, 3)).containsExactly(3 * 0x1p-4, 3 * 0x1p-8);
  }
}
