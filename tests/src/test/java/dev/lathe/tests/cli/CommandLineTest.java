package dev.lathe.tests.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class CommandLineTest {
  @Test
  void aValueIsOneWordWhateverItHolds() {
    assertThat(CommandLine.words("run --text {} --dir {} -1", "It is a truth", Path.of("a b")))
        .containsExactly("run", "--text", "It is a truth", "--dir", "a b", "-1");
  }

  @Test
  void anArrayIsAsManyWordsAsItHas() {
    Object[] more = {"--window", 512};

    assertThat(CommandLine.words("eval {} {}", new Object[0], more))
        .containsExactly("eval", "--window", "512");
  }

  @Test
  void wordsMayStandOnManyLines() {
    assertThat(
            CommandLine.words(
                """
                run
                    --json
                """))
        .containsExactly("run", "--json");
  }

  @Test
  void everyPlaceHasAValueAndEveryValueAPlace() {
    assertThatThrownBy(() -> CommandLine.words("run {}"))
        .isInstanceOf(NoSuchElementException.class);
    assertThatThrownBy(() -> CommandLine.words("run", 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
