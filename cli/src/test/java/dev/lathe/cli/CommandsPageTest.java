package dev.lathe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CommandsPageTest {

  @Test
  void thePageOfCommandsIsThatOfTheOptionsThereAre() throws IOException {
    Path page = Path.of(System.getProperty("lathe.root", ".."), "docs", "commands.md");
    if (Boolean.getBoolean("bless")) {
      Files.writeString(page, CommandsPage.text());
    }

    assertThat(Files.readString(page))
        .as("docs/commands.md is out of date; -Dbless=true writes it")
        .isEqualTo(CommandsPage.text());
  }
}
