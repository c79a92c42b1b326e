package dev.lathe.cli.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.cli.option.ForeignFlags;
import dev.lathe.cli.option.UsageError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class BuildConfigFileTest {
  @TempDir private Path folder;

  private List<String> arguments(String json, String... given) throws IOException {
    Path file = folder.resolve("build.json");
    Files.writeString(file, json);
    CommandLine line = new CommandLine(new BuildCommand());
    new ForeignFlags(new BuildCommand().foreignFlags()).addTo(line.getCommandSpec());
    return new BuildConfigFile(file).arguments(line.parseArgs(given));
  }

  @Test
  void membersBecomeOptions() throws IOException {
    assertThat(
            arguments(
                """
                {"max_batch_size": 8, "dtype": "float16", "gather_context_logits": true,
                 "dry_run": false, "max_seq_len": null}
                """))
        .containsExactly("--max_batch_size=8", "--dtype=float16", "--gather_context_logits");
  }

  @Test
  void theCommandLineWins() throws IOException {
    assertThat(arguments("{\"max_batch_size\": 8}", "--max_batch_size", "4")).isEmpty();
  }

  @Test
  void settingsOfTensorRtLlmAreKnownAlsoWhereTheyAreObjects() throws IOException {
    assertThat(arguments("{\"plugin_config\": {\"gemm_plugin\": \"auto\"}, \"max_beam_width\": 1}"))
        .containsExactly("--plugin_config", "--max_beam_width=1");
  }

  @Test
  void anUnknownKeyIsRefusedWithTheNearest() {
    assertThatThrownBy(() -> arguments("{\"max_bach_size\": 8}"))
        .isInstanceOf(UsageError.class)
        .hasMessageContaining("max_bach_size")
        .extracting(error -> ((UsageError) error).hint())
        .isEqualTo("did you mean 'max_batch_size'?");
  }

  @Test
  void whatIsNoObjectIsRefused() {
    assertThatThrownBy(() -> arguments("[1]")).isInstanceOf(UsageError.class);
    assertThatThrownBy(() -> arguments("{")).isInstanceOf(UsageError.class);
  }
}
