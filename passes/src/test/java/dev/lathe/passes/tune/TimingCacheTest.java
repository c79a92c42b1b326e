package dev.lathe.passes.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.engine.error.LatheException;
import dev.lathe.engine.v1.KernelChoice.Gpu;
import dev.lathe.engine.v1.KernelChoice.Nanos;
import dev.lathe.passes.tune.TimingCache.Entry;
import dev.lathe.passes.tune.TimingCache.Result;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TimingCacheTest {
  private static final Gpu H100 = new Gpu("NVIDIA H100 80GB HBM3", 132, 13000);
  private static final Gpu H200 = new Gpu("NVIDIA H200", 132, 13000);

  @Test
  void entriesComeBackFromTheirLines() {
    Entry first = entry(H100, "linear a", 12_345);
    Entry second = entry(H200, "linear \"b\"\n", 7);

    TimingCache cache = TimingCache.parse(first.line() + "\n" + second.line() + "\n", "f");

    assertThat(cache.entries()).containsExactly(first, second);
    assertThat(cache.find(second.key())).contains(second);
    assertThat(cache.find(entry(H200, "linear a", 1).key())).isEmpty();
  }

  @Test
  void theLastLineOfAKeyCounts() {
    Entry old = entry(H100, "linear", 9);
    Entry other = entry(H200, "linear", 8);
    Entry better = entry(H100, "linear", 7);

    TimingCache cache =
        TimingCache.parse(old.line() + "\n" + other.line() + "\n" + better.line() + "\n", "f");

    assertThat(cache.find(old.key())).contains(better);
    assertThat(cache.lastGpu("sm_90a")).contains(H100);
    assertThat(cache.lastGpu("sm_80")).isEmpty();
    assertThat(cache.knows(H200, "sm_90a")).isTrue();
    assertThat(cache.knows(H200, "sm_80")).isFalse();
  }

  @Test
  void aLineThatWasCutShortIsPassedOver() {
    String line = entry(H100, "linear", 9).line();

    assertThat(TimingCache.parse(line + "\n" + line.substring(0, 40), "f").entries()).hasSize(1);
    assertThat(TimingCache.parse("", "f").entries()).isEmpty();
  }

  @Test
  void anythingElseIsAnErrorThatNamesTheLine() {
    String line = entry(H100, "linear", 9).line();

    assertThatThrownBy(() -> TimingCache.parse(line + "\n\n{\"key\":1}\n", "timing.cache"))
        .isInstanceOf(LatheException.class)
        .hasMessageContaining("line 3 of timing.cache is no timing: $.key")
        .extracting(error -> ((LatheException) error).code())
        .isEqualTo("bad-timing-cache");
  }

  private static Entry entry(Gpu gpu, String problem, long nanos) {
    Result measured =
        new Result(
            "a", "n=1", Optional.of(new Nanos(nanos, nanos - 1, nanos + 1)), Optional.empty());
    Result failed = new Result("b", "", Optional.empty(), Optional.of("it spills"));
    return new Entry(
        new TimingCache.Key(gpu, "sm_90a", problem, "0123"),
        "a",
        "n=1",
        nanos,
        List.of(measured, failed));
  }
}
