package dev.lathe.tests.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Runs the pipeline that `docs/in-ci.md` describes, word for word.
class PipelineDocumentTest {
  private static final Pattern SHELL_BLOCK = Pattern.compile("```sh\\n(.*?)```", Pattern.DOTALL);

  @TempDir private Path folder;

  @Test
  void theShellBlocksOfTheDocumentRunAsTheyStand() throws Exception {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    CommandProcess.executables(bin, "trtllm-build", "trtllm-run", "trtllm-inspect", "trtllm-eval");
    Path script = folder.resolve("pipeline.sh");
    Files.writeString(script, "set -eu\n" + String.join("\n", blocks()));
    // A part of the text is enough to see the gate pass; the whole is measured elsewhere.
    Path text = folder.resolve("held-out.txt");
    Files.writeString(text, Files.readString(TestFiles.heldOutText()).substring(0, 20_000));

    ProcessBuilder shell = new ProcessBuilder("bash", script.toString());
    shell.environment().put("PATH", bin + ":" + System.getenv("PATH"));
    shell.environment().put("MODEL", TestFiles.austen().toString());
    shell.environment().put("HELD_OUT", text.toString());
    shell.environment().put("OUT", folder.toString());
    Path log = folder.resolve("log");
    int exitCode = shell.redirectErrorStream(true).redirectOutput(log.toFile()).start().waitFor();

    assertThat(exitCode).as("%s", Files.readString(log)).isZero();
    assertThat(folder.resolve("engine.tar.gz")).isNotEmptyFile();
    assertThat(json("build.json").getAsJsonObject("seconds").size()).isPositive();
    assertThat(json("perplexity.json").get("perplexity").getAsDouble()).isBetween(20.0, 70.0);
  }

  private static List<String> blocks() throws IOException {
    String document = Files.readString(TestFiles.root().resolve("docs/in-ci.md"));
    List<String> blocks =
        SHELL_BLOCK.matcher(document).results().map(match -> match.group(1)).toList();
    assertThat(blocks.stream().collect(Collectors.joining()))
        .contains("trtllm-build", "--verify", "--expect_contains", "--max_perplexity", "tar ");
    return blocks;
  }

  private JsonObject json(String file) throws IOException {
    return JsonParser.parseString(Files.readString(folder.resolve(file))).getAsJsonObject();
  }
}
