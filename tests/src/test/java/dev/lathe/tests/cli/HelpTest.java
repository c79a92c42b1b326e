package dev.lathe.tests.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelpTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {"trtllm-build", "trtllm-run", "trtllm-inspect", "trtllm-eval", "trtllm-bench"})
  void helpLoadsNeitherCompilerNorRuntimeNorTheirLibraries(String command)
      throws IOException, InterruptedException {
    Path classes = folder.resolve("classes");
    Process process =
        CommandProcess.startWith(
            List.of("-Xlog:class+load:file=" + classes), folder.resolve("log"), command, "--help");

    assertThat(process.waitFor()).isZero();
    assertThat(Files.readAllLines(classes))
        .noneMatch(line -> line.contains(" com.google.gson"))
        .noneMatch(line -> line.contains(" org.bytedeco"))
        .noneMatch(line -> line.contains(" ai.djl"))
        .noneMatch(line -> line.contains(" dev.lathe.runtime"))
        .noneMatch(line -> line.contains(" dev.lathe.passes"))
        .anyMatch(line -> line.contains(" dev.lathe.cli.Main"));
  }
}
