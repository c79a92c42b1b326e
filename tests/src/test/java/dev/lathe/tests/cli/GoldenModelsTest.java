package dev.lathe.tests.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.cli.npy.NpyArray;
import dev.lathe.cli.npy.NpyReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each family from checkpoint to tokens on the CPU in float32, against transformers.
class GoldenModelsTest {
  private static final double RELATIVE_ERROR = 1e-4;
  private static final int GREEDY_TOKENS = 32;

  @TempDir private Path folder;

  static List<String> families() {
    return TestFiles.goldens();
  }

  @ParameterizedTest
  @MethodSource("families")
  void logitsAndGreedyTokensAreThoseOfTransformers(String family) throws IOException {
    Path model = TestFiles.golden(family);
    SafetensorsFile expected = new SafetensorsFile(model.resolve("expected.safetensors"));
    Path prompt = folder.resolve("ids.csv");
    Files.writeString(prompt, line(expected.ints("input_ids")) + "\n");

    build(model);
    boolean generates = expected.has("greedy_ids_fp32");
    if (generates) {
      run(prompt);
    } else {
      encode(prompt);
    }

    NpyArray logits = NpyReader.read(folder.resolve("logits.npy"));
    assertThat(logits.shape()).containsExactly(48, 256);
    assertThat(relativeError(logits.values(), expected.values("logits_fp32")))
        .isLessThanOrEqualTo(RELATIVE_ERROR);
    if (generates) {
      assertThat(Files.readString(folder.resolve("tokens.csv")).strip())
          .isEqualTo(line(expected.ints("greedy_ids_fp32")));
    }
  }

  private void build(Path model) {
    CommandRun.line(
            """
            trtllm-build --checkpoint_dir {} --output_dir {} --dtype float32 --target cpu
                --gather_context_logits --max_batch_size 1 --max_num_tokens 64
                --max_seq_len 96 --max_input_len 64 --tokens_per_block 16
            """,
            model,
            folder.resolve("engine"))
        .endsWith(0);
  }

  private void run(Path prompt) {
    CommandRun.line(
            """
            trtllm-run --engine_dir {} --device cpu --input_file {} --max_output_len {}
                --end_id -1 --output_logits_npy {} --output_csv {}
            """,
            folder.resolve("engine"),
            prompt,
            GREEDY_TOKENS,
            folder.resolve("logits.npy"),
            folder.resolve("tokens.csv"))
        .endsWith(0);
  }

  private void encode(Path prompt) {
    CommandRun.line(
            "trtllm-run --engine_dir {} --device cpu --input_file {} --output_npy {}",
            folder.resolve("engine"),
            prompt,
            folder.resolve("logits.npy"))
        .endsWith(0);
  }

  private static String line(int[] ids) {
    return Arrays.stream(ids).mapToObj(String::valueOf).collect(Collectors.joining(","));
  }

  /// `||a - b|| / ||b||`.
  private static double relativeError(double[] actual, double[] expected) {
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
      norm += expected[i] * expected[i];
    }
    return Math.sqrt(difference / norm);
  }
}
