package dev.lathe.tests.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.assertj.core.api.ListAssert;
import org.junit.jupiter.api.Test;

final class DocumentationWrapTest {
  private static final String WORDS = "four ".repeat(18).strip();

  @Test
  void leavesLinesThatFit() {
    expect(List.of("/// " + WORDS, "/// short", "int x;"))
        .containsExactly("/// " + WORDS, "/// short", "int x;");
  }

  @Test
  void movesTheOverhangIntoTheNextLineOfTheParagraph() {
    expect(List.of("  /// " + WORDS + " five six seven", "  /// eight."))
        .containsExactly("  /// " + WORDS + " five", "  /// six seven eight.");
  }

  @Test
  void givesTheOverhangItsOwnLineAtTheEndOfAParagraph() {
    expect(List.of("/// " + WORDS + " five six seven", "///", "/// next"))
        .containsExactly("/// " + WORDS + " five", "/// six seven", "///", "/// next");
  }

  @Test
  void indentsBelowATagAndBelowAListItem() {
    expect(List.of("/// @param " + WORDS + " five", "/// @return x"))
        .containsExactly("/// @param " + WORDS, "///     five", "/// @return x");
    expect(List.of("/// - " + WORDS + " five six", "///   seven"))
        .containsExactly("/// - " + WORDS + " five", "///   six seven");
  }

  @Test
  void keepsCodeSpansAndLinksWhole() {
    expect(List.of("/// " + WORDS + " `a b c d e`"))
        .containsExactly("/// " + WORDS, "/// `a b c d e`");
    expect(List.of("/// " + WORDS + " [a b c d e]"))
        .containsExactly("/// " + WORDS, "/// [a b c d e]");
  }

  @Test
  void leavesFencesTablesAndAddresses() {
    List<String> lines =
        List.of(
            "/// ```",
            "/// " + WORDS + WORDS,
            "/// ```",
            "/// | " + WORDS + WORDS,
            "/// https://example.org " + WORDS);
    expect(lines).containsExactlyElementsOf(lines);
  }

  private static ListAssert<String> expect(List<String> lines) {
    return assertThat(DocumentationWrap.wrap(lines));
  }
}
