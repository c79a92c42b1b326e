package dev.lathe.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.lathe.runtime.text.SmallTokenizers;
import dev.lathe.runtime.text.Tokenizer;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SessionAllocationTest {
  private static final int WARM_UPS = 1100;
  private static final int TICKS = 200;

  private final Tokenizer tokenizer = new Tokenizer(SmallTokenizers.bytes());
  private final TextThread texts = new TextThread();

  @AfterEach
  void close() {
    texts.close();
    tokenizer.close();
  }

  @Test
  void aSteadyDecodeTickAllocatesNothing() {
    DecodingLoop loop =
        new DecodingLoop(
            WARM_UPS + TICKS + 100,
            texts,
            i -> i < 4 ? Optional.empty() : Optional.of(new TextOutput(tokenizer, List.of())));
    for (int i = 0; i < WARM_UPS; i++) {
      loop.tick();
    }

    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < TICKS; i++) {
      loop.tick();
    }
    assertThat((threads.getCurrentThreadAllocatedBytes() - before) / TICKS).isLessThan(16);
    assertThat(loop.steps()).isEqualTo(WARM_UPS + TICKS);
  }
}
