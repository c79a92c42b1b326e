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
  private static final int OUTPUT_TOKENS = WARM_UPS + TICKS + 100;

  private final Tokenizer tokenizer = new Tokenizer(SmallTokenizers.bytes());
  private final TextThread texts = new TextThread();

  @AfterEach
  void close() {
    texts.close();
    tokenizer.close();
  }

  @Test
  void aSteadyDecodeTickAllocatesNothing() {
    assertAllocatesNothing(new DecodingLoop(OUTPUT_TOKENS, texts, this::text));
  }

  @Test
  void blocksBecomeKnownWithoutAllocation() {
    SessionOptions reuse = SessionOptions.DEFAULT.withBlockReuse(true);
    assertAllocatesNothing(new DecodingLoop(OUTPUT_TOKENS, 64, reuse, texts, this::text));
  }

  private Optional<TextOutput> text(int sequence) {
    return sequence < 4 ? Optional.empty() : Optional.of(new TextOutput(tokenizer, List.of()));
  }

  private static void assertAllocatesNothing(DecodingLoop loop) {
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
