package dev.lathe.runtime.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.Manifest.KvCache;
import dev.lathe.runtime.device.DeviceLimits;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class KvPoolTest {
  private static final KvCache CACHE = new KvCache(36, 8, 128, 64, DType.BF16);

  @Test
  void takesItsFractionOfTheFreeMemory() {
    int blocks = KvPool.blocks(CACHE, limits(0.5), 80_000_000_000L);

    assertThat(blocks * CACHE.blockBytes()).isBetween(39_980_000_000L, 40_000_000_000L);
  }

  @Test
  void aGivenNumberOfBlocksReplacesTheFraction() {
    DeviceLimits limits = new DeviceLimits(0.5, OptionalInt.of(7), false);

    assertThat(KvPool.blocks(CACHE, limits, 80_000_000_000L)).isEqualTo(7);
  }

  @Test
  void slotsStayWithin32Bits() {
    KvCache tiny = new KvCache(1, 1, 1, 1024, DType.BF16);

    long blocks = KvPool.blocks(tiny, limits(1), Long.MAX_VALUE / 4);

    assertThat(blocks * 1024).isLessThanOrEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void noRoomForOneBlockIsOutOfMemory() {
    assertThatThrownBy(() -> KvPool.blocks(CACHE, limits(0.9), 1_000_000))
        .isInstanceOfSatisfying(
            LatheException.class,
            error -> assertThat(error.exitCode()).isEqualTo(ExitCode.OUT_OF_MEMORY));
  }

  private static DeviceLimits limits(double fraction) {
    return new DeviceLimits(fraction, OptionalInt.empty(), false);
  }
}
