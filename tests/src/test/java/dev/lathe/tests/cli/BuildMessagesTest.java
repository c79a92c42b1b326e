package dev.lathe.tests.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildMessagesTest {
  @TempDir private Path folder;

  @Test
  void theDetailedVerbosityPrintsTheKernelsOfEachStep() {
    assertThat(build("detailed")).contains("layers.1.attention", "attention_decode_");
    assertThat(build("layer_names_only")).doesNotContain("attention_decode_");
  }

  private String build(String verbosity) {
    CommandRun run =
        CommandRun.line(
            """
            trtllm-build --checkpoint_dir {} --output_dir {} --target sm_90a
                --profiling_verbosity {}
            """,
            TestFiles.golden("llama"),
            folder.resolve(verbosity),
            verbosity);
    run.endsWith(0);
    return run.err();
  }
}
