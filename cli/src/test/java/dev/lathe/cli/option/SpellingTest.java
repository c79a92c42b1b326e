package dev.lathe.cli.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

class SpellingTest {
  private final CommandSpec command =
      CommandSpec.create()
          .addOption(OptionSpec.builder("--max_batch_size").type(int.class).build())
          .addOption(OptionSpec.builder("--dry_run").build());

  @Test
  void hyphensCountAsUnderscoresInNamesOfOptionsOnly() {
    assertThat(
            Spelling.withUnderscores(
                List.of("--max-batch-size=8-9", "--dry-run", "a-b", "--other-name"), command))
        .containsExactly("--max_batch_size=8-9", "--dry_run", "a-b", "--other-name");
  }

  @Test
  void nothingChangesAfterTheEndOfOptions() {
    assertThat(Spelling.withUnderscores(List.of("--", "--dry-run"), command))
        .containsExactly("--", "--dry-run");
  }

  @Test
  void whatLooksLikeAnOptionAndIsNoneIsRefused() {
    assertThatThrownBy(() -> Spelling.checkOptions(List.of("a", "--dry_rum"), command))
        .isInstanceOf(UsageError.class)
        .hasMessageContaining("--dry_rum");
  }

  @Test
  void valuesThatBeginWithHyphensAreNoOptions() {
    Spelling.checkOptions(
        List.of("- item", "-5 degrees", "-1", "--- rule", "-- x", "--", "--dry_rum"), command);
  }

  @Test
  void theNearestOptionIsWithinAThirdOfItsLetters() {
    assertThat(Spelling.nearestOption("--max-bach-sze=3", command)).contains("--max_batch_size");
    assertThat(Spelling.nearestOption("--window", command)).isEmpty();
  }

  @Test
  void editsCountInsertionsDeletionsAndReplacements() {
    assertThat(Spelling.edits("kitten", "sitting")).isEqualTo(3);
    assertThat(Spelling.edits("", "abc")).isEqualTo(3);
  }
}
