package dev.lathe.runtime;

import dev.lathe.engine.v1.Manifest;
import dev.lathe.runtime.metrics.SessionMetrics;
import dev.lathe.runtime.metrics.SessionMetrics.Counter;
import dev.lathe.runtime.sample.SamplingParameters;
import dev.lathe.runtime.schedule.Policy;
import dev.lathe.runtime.schedule.SchedulerLimits;
import java.util.Optional;
import java.util.function.IntFunction;

/// A driver's loop whose device computes nothing: what remains is the host's work. A batch of
/// sequences decodes, half of them with a penalty, for which the tokens before are counted.
final class DecodingLoop {
  static final int SEQUENCES = 8;

  /// So many that a few blocks hold the longest of sequences, as they do the short ones of users.
  private static final int TOKENS_PER_BLOCK = 1 << 18;

  private final SessionMetrics metrics = new SessionMetrics();
  private final SessionLoop loop;

  /// A loop whose sequences share no blocks.
  ///
  /// @param outputTokens of each sequence
  /// @param texts where text is made of tokens
  /// @param text that the sequence of a number writes to
  DecodingLoop(int outputTokens, TextThread texts, IntFunction<Optional<TextOutput>> text) {
    this(outputTokens, TOKENS_PER_BLOCK, SessionOptions.DEFAULT, texts, text);
  }

  /// @param tokensPerBlock so many that 24 blocks hold a sequence
  DecodingLoop(
      int outputTokens,
      int tokensPerBlock,
      SessionOptions options,
      TextThread texts,
      IntFunction<Optional<TextOutput>> text) {
    Manifest manifest = new LlamaImage(LlamaShape.TINY, 1).manifest();
    int length = outputTokens + 3;
    int blocks = SEQUENCES * Math.ceilDiv(length, tokensPerBlock);
    SchedulerLimits limits =
        new SchedulerLimits(SEQUENCES, 64, length, length, tokensPerBlock, blocks);
    loop =
        new SessionLoop(
            new FakeExecutor(-1),
            manifest,
            limits,
            options.withPolicy(Policy.maxUtilization()),
            metrics,
            texts);
    for (int i = 0; i < SEQUENCES; i++) {
      GenerationRequest request =
          GenerationRequest.builder(1, 2, i)
              .maxOutputTokens(outputTokens)
              .withoutText()
              .sampling(SamplingParameters.builder().repetitionPenalty(1 + i % 2).build())
              .build();
      Optional<TextOutput> output = text.apply(i);
      TokenStream stream = new TokenStream(outputTokens, output, () -> {});
      int[] prompt = {1, 2, i};
      loop.submit(new Generation(request, 0, prompt, manifest.model(), output, stream));
    }
  }

  void tick() {
    loop.tick();
  }

  /// Ticks that computed something.
  long steps() {
    return metrics.value(Counter.STEPS);
  }
}
