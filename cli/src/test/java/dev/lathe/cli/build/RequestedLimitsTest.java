package dev.lathe.cli.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.cli.option.UsageError;
import dev.lathe.engine.v1.Manifest;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class RequestedLimitsTest {
  private final LimitOptions options = new LimitOptions();

  @Test
  void defaultsAreThoseOfTensorRtLlmAndTheModel() {
    RequestedLimits.Resolved resolved = resolve(8192);

    assertThat(resolved.limits()).isEqualTo(new Manifest.Limits(2048, 8192, 1024, 8192, false));
    assertThat(resolved.notes()).isEmpty();
  }

  @Test
  void aDefaultThatCannotStandIsLoweredAloud() {
    options.tokens = Optional.of(16);

    RequestedLimits.Resolved resolved = resolve(512);

    assertThat(resolved.limits()).isEqualTo(new Manifest.Limits(16, 512, 512, 16, false));
    assertThat(resolved.notes())
        .containsExactly(
            "--max_input_len is 512 instead of the default 1024",
            "--max_batch_size is 16 instead of the default 2048");
  }

  @Test
  void anInputLengthBeyondTheModelIsRefused() {
    options.inputLength = Optional.of(600);

    assertThatThrownBy(() -> resolve(512))
        .isInstanceOf(UsageError.class)
        .hasMessageContainingAll("--max_input_len 600", "--max_seq_len 512");
  }

  @Test
  void moreTokensASequenceThanTheModelHasPositionsIsSaidAloud() {
    options.sequenceLength = Optional.of(600);

    assertThat(resolve(512).notes()).first().asString().contains("600", "512 positions");
  }

  private RequestedLimits.Resolved resolve(int positions) {
    return RequestedLimits.of(options).resolve(OptionalInt.of(positions));
  }
}
