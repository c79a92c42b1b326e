package dev.lathe.tests.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lathe.tests.cli.CommandRun;
import dev.lathe.tests.cli.TestFiles;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The trained model in bfloat16.
@Tag("gpu")
@Timeout(value = 150, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TrainedModelOnGpuTest {
  @TempDir private Path folder;

  @Test
  void perplexityOfTheHeldOutTextIsThatOfTransformers() {
    CommandRun.line(
            """
            trtllm-build --checkpoint_dir {} --output_dir {} --dtype bfloat16
                --target sm_90a --tune off --gather_context_logits --max_batch_size 8
                --max_num_tokens 4096
            """,
            TestFiles.austen(),
            folder)
        .endsWith(0);

    String output =
        GpuCommand.run(
            """
            trtllm-eval perplexity --device cuda --engine_dir {} --text {} --window 512
                --json --quiet
            """,
            folder,
            TestFiles.heldOutText());

    JsonObject result =
        JsonParser.parseString(output.substring(output.indexOf('{'))).getAsJsonObject();
    assertThat(result.get("perplexity").getAsDouble())
        .isCloseTo(61.78, Percentage.withPercentage(0.5));
    assertThat(result.get("tokens").getAsInt()).isEqualTo(131_838);
  }

  @Test
  void sequencesInBatchesAreAsAlone() {
    Path engine = ManyLengths.build(folder, "bfloat16", "sm_90a");

    String output =
        GpuCommand.runMain(
            List.of(ManyLengthsMain.class.getName(), engine.toString(), "CUDA", "700", "0.1"));

    assertThat(output).endsWith(ManyLengthsMain.GOOD);
  }
}
