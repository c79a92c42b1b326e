package dev.lathe.tests.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `trtllm-run --kv_cache_enable_block_reuse`, on a trained model.
class BlockReuseTest {
  private static final String FLAG = "--kv_cache_enable_block_reuse";

  /// Two prompts of 100 tokens that have 90 in common.
  private static Path prompts(Path folder) throws IOException {
    String common = ids(0, 90);
    return Files.writeString(
        folder.resolve("prompts.csv"),
        common + "," + ids(200, 10) + "\n" + common + "," + ids(300, 10) + "\n");
  }

  private static String ids(int from, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> String.valueOf(from + i * 37 % 1000))
        .collect(Collectors.joining(","));
  }

  private static JsonObject json(CommandRun run) {
    return JsonParser.parseString(run.endsWith(0).out()).getAsJsonObject();
  }

  /// A step has no room for more than the first 64 tokens of the first prompt, so that the second
  /// finds their block, however late it comes.
  @Test
  void promptsThatBeginAlikeShareTheBlocksOfTheirBeginning(@TempDir Path folder)
      throws IOException {
    CommandRun.line(
            """
            trtllm-build --checkpoint_dir {} --output_dir {} --target cpu --max_batch_size 4
                --max_num_tokens 64 --dtype float32
            """,
            TestFiles.austen(),
            folder)
        .endsWith(0);
    String command = "trtllm-run --engine_dir {} --device cpu --max_output_len 8 --input_file {}";

    JsonObject plain = json(CommandRun.line(command + " --json", folder, prompts(folder)));
    CommandRun reusing = CommandRun.line(command + " --json " + FLAG, folder, prompts(folder));
    JsonObject reused = json(reusing);

    assertThat(plain.has("reused_tokens")).isFalse();
    assertThat(reused.get("reused_tokens").getAsLong()).isEqualTo(64);
    assertThat(reused.get("prompt_tokens").getAsLong()).isEqualTo(200);
    for (int i = 0; i < 2; i++) {
      assertThat(tokens(reused, i)).isEqualTo(tokens(plain, i));
    }
    assertThat(reusing.err()).contains("200 prompt tokens (64 reused)").doesNotContain("ignored");
  }

  private static String tokens(JsonObject report, int output) {
    return report.getAsJsonArray("outputs").get(output).getAsJsonObject().get("tokens").toString();
  }
}
