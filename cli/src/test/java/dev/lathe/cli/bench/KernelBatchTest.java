package dev.lathe.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.cli.option.UsageError;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KernelBatchTest {

  /// @param sequences 0: not given, and so on
  private static KernelBatch batch(String profile, int sequences, int tokens, int context) {
    KernelsOptions options = new KernelsOptions();
    options.profile = profile.isEmpty() ? Optional.empty() : Optional.of(profile);
    options.sequences = given(sequences);
    options.tokens = given(tokens);
    options.context = given(context);
    return KernelBatch.of(options, SamplePlan.plans(), 2048);
  }

  private static Optional<Integer> given(int value) {
    return value == 0 ? Optional.empty() : Optional.of(value);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {
        "'', 0, 0, 0, 'decode.2: 1 sequence of 1024 tokens, one of them new'",
        "'', 4, 0, 300, 'decode.8: 4 sequences of 300 tokens, one of them new'",
        "'', 0, 2048, 0, 'mixed: 2 sequences of 1024 tokens, all of them new'",
        "'', 8, 2048, 0, 'mixed: 8 sequences of 256 tokens, all of them new'",
        "'', 0, 2048, 2048, 'mixed: 1 sequence of 2048 tokens, all of them new'",
        "decode.8, 0, 0, 0, 'decode.8: 8 sequences of 1024 tokens, one of them new'",
        "decode, 0, 0, 0, 'decode.2: 2 sequences of 1024 tokens, one of them new'",
        "decode.8, 0, 3, 0, 'decode.8: 3 sequences of 1024 tokens, one of them new'",
        "mixed, 0, 0, 0, 'mixed: 4 sequences of 1024 tokens, all of them new'",
      })
  void optionsNameAPlanAndABatch(
      String profile, int sequences, int tokens, int context, String text) {
    assertThat(batch(profile, sequences, tokens, context).text()).isEqualTo(text);
  }

  @Test
  void loadsCountTheTokensOfAllSequences() {
    assertThat(batch("", 4, 0, 300).load().contextTokens()).isEqualTo(1200);
    assertThat(batch("", 0, 2048, 0).load().contextTokens()).isEqualTo(2048);
  }

  @ParameterizedTest
  @CsvSource({
    "prefill, 0, 0, 0, the engine has no plan 'prefill'",
    "decode.8, 9, 0, 0, --sequences is 9",
    "decode.8, 2, 8, 0, --tokens and --sequences cannot be combined",
    "mixed, 0, 5000, 0, --tokens is 5000",
    "'', 9, 0, 0, the engine takes no batch of 9 tokens and 9 sequences",
    "'', 2, 4096, 1024, --sequences and --context cannot be combined",
    "'', 1, 4096, 0, --sequences is 1",
    "'', 0, 0, 4096, --context is 4096",
  })
  void whatCannotBeIsAUsageError(
      String profile, int sequences, int tokens, int context, String why) {
    assertThatThrownBy(() -> batch(profile, sequences, tokens, context))
        .isInstanceOf(UsageError.class)
        .hasMessageContaining(why);
  }
}
