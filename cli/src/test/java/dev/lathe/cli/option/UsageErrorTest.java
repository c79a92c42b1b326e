package dev.lathe.cli.option;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsageErrorTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0         | 3.4028235e38 | 0 or more
          1e-38     | 3.4028235e38 | more than 0
          2.3e-308  | 1            | more than 0, and 1 at most
          -1000     | 0.5          | -1000 to 0.5
          """)
  void rangesOfNumbersAreToldInWords(double least, double greatest, String words) {
    assertThatThrownBy(() -> UsageError.inRange("--option", Double.NaN, least, greatest))
        .hasMessage("--option is NaN, expected " + words);
  }
}
