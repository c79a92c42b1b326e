package dev.lathe.tests.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.runtime.DeviceChoice;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManyLengthsTest {
  @TempDir private Path folder;

  @Test
  void sequencesInBatchesAreAsAloneOnTheCpu() {
    Path engine = ManyLengths.build(folder, "float32", "cpu");

    assertThat(ManyLengths.problems(engine, DeviceChoice.CPU, 150, 1e-3)).isEmpty();
  }
}
