package dev.lathe.tests.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the commands say of an engine whose feed-forward layers are mixtures of experts.
class ExpertModelTest {
  @TempDir private Path folder;

  @Test
  void anEngineForAGpuThatIsNotHereTellsOfItsExperts() {
    Path engine = folder.resolve("engine");
    CommandRun.line(
            """
            trtllm-build --checkpoint_dir {} --output_dir {} --target sm_90a --tune off
                --max_batch_size 4
            """,
            TestFiles.golden("mixtral"),
            engine)
        .endsWith(0);

    assertThat(CommandRun.of("trtllm-inspect", engine).endsWith(0).out()).contains("MixtralFor");
    assertThat(CommandRun.of("trtllm-inspect", engine, "--plan", "decode").endsWith(0).out())
        .contains("layers.0.mlp.route", "top experts of layers.0.mlp.router", "[expert]^T");
    assertThat(why(engine, "layers.1.mlp.gate_up"))
        .contains("gated_silu(", "from template grouped-linear", "experts.3.w1");
  }

  private static String why(Path engine, String step) {
    return CommandRun.of("trtllm-inspect", engine, "--why", step).endsWith(0).out();
  }
}
