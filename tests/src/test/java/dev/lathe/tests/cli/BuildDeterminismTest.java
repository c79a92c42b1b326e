package dev.lathe.tests.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildDeterminismTest {
  @TempDir private Path folder;

  @Test
  void equalCheckpointsAndOptionsGiveEqualBytesWhereverTheyLieAndOnAnyNumberOfThreads()
      throws IOException {
    Path copy = Files.createDirectories(folder.resolve("elsewhere"));
    try (Stream<Path> files = Files.list(TestFiles.golden("llama"))) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }

    build(TestFiles.golden("llama"), "first", 1);
    build(copy, "second", 2);

    for (String file : new String[] {"rank0.engine", "config.json"}) {
      assertThat(folder.resolve("second").resolve(file))
          .hasSameBinaryContentAs(folder.resolve("first").resolve(file));
    }
    CommandRun.of("trtllm-inspect", folder.resolve("first"), "--diff", folder.resolve("second"))
        .endsWith(0);
  }

  private void build(Path model, String engine, int workers) {
    CommandRun.line(
            """
            trtllm-build --checkpoint_dir {} --output_dir {} --target sm_90a --workers {}
                --tune off --max_batch_size 4
            """,
            model,
            folder.resolve(engine),
            workers)
        .endsWith(0);
  }
}
