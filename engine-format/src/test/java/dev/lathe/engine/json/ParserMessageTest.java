package dev.lathe.engine.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchRuntimeException;

import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import java.io.StringReader;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParserMessageTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {broken      | malformed JSON at line 1 column 3 path $.
          {"a": NaN}   | malformed JSON at line 1 column 7 path $.a
          {"a":        | End of input at line 1 column 6 path $.a
          """)
  void tellsWhatIsWrongWithTheTextAndNothingElse(String text, String message) {
    JsonReader reader = new JsonReader(new StringReader(text));
    reader.setStrictness(Strictness.STRICT);
    Exception problem = catchRuntimeException(() -> JsonParser.parseReader(reader));
    assertThat(ParserMessage.of(problem)).isEqualTo(message);
  }
}
