package dev.lathe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandRunnerTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "trtllm-build",
        "trtllm-run",
        "trtllm-inspect",
        "trtllm-eval",
        "trtllm-bench",
        "trtllm-make-checkpoint"
      })
  void everyCommandExplainsItselfOnStandardOutput(String command) {
    CapturedConsole help = CapturedConsole.run(command, "--help");

    assertThat(help.exitCode()).isZero();
    assertThat(help.out()).contains("Usage: " + command).contains("--json");
    assertThat(help.err()).isEmpty();
  }

  @Test
  void anUnknownOptionIsAUsageErrorWithTheNearestSpelling() {
    CapturedConsole run = CapturedConsole.run("trtllm-build", "--max_bach_size", "8");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("unknown option '--max_bach_size'", "--max_batch_size");
  }

  @Test
  void anUnknownCommandIsAUsageErrorWithTheNearestName() {
    CapturedConsole run = CapturedConsole.run("inspct");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("trtllm-inspect");
  }

  @ParameterizedTest
  @CsvSource({
    "--max_batch_size, 0, 1 to 65536",
    "--max-batch-size, 70000, 1 to 65536",
    "--tokens_per_block, 48, '16, 32, 64 or 128'",
    "--dtype, int4, bfloat16",
    "--target, sm_70, sm_90a",
    "--kv_cache_type, continuous, paged",
    "--logits_dtype, float16, float32",
    "--workers, 0, 1 to 1024",
  })
  void aValueOutOfRangeIsAUsageErrorThatNamesTheRange(String option, String value, String range) {
    CapturedConsole run =
        CapturedConsole.run("trtllm-build", "--checkpoint_dir", "model", option, value);

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains(option.replace("-b", "_b").replace("-s", "_s"), value, range);
  }

  @ParameterizedTest
  @CsvSource({
    "--checkpoint_dir a --model_config b, --checkpoint_dir, --model_config",
    "--checkpoint_dir a --max_input_len 9 --max_seq_len 8, --max_input_len, --max_seq_len",
    "--checkpoint_dir a --max_batch_size 9 --max_num_tokens 8, --max_batch_size, --max_num_tokens",
    "--checkpoint_dir a --dry_run --stop_after import, --dry_run, --stop_after",
    "--checkpoint_dir a --target cpu --tune full, --tune full, --target cpu",
    "--checkpoint_dir a --tune off --input_timing_cache b, --tune off, --input_timing_cache",
    "--checkpoint_dir a --tune cached --tune_seconds 9, --tune cached, --tune_seconds",
    "--checkpoint_dir a --quiet --verbose, --quiet, --verbose",
  })
  void aCombinationThatCannotBeNamesBothOptions(String line, String first, String second) {
    CapturedConsole run = CapturedConsole.run(("trtllm-build " + line).split(" "));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains(first, second);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--tp_size 2", "--max_beam_width 4", "--quant fp8", "--strip_plan"})
  void anOptionOfALaterVersionIsRefusedAsSuch(String line) {
    CapturedConsole run =
        CapturedConsole.run(("trtllm-build --checkpoint_dir a " + line).split(" "));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains(line.split(" ")[0] + " comes with a later version");
  }

  @Test
  void anOptionThatMeansNothingHereIsNotedAndIgnored() {
    CapturedConsole run =
        CapturedConsole.run(
            "trtllm-build",
            "--gpt_attention_plugin",
            "bfloat16",
            "--tp-size=1",
            "--remove_input_padding",
            "enable",
            "--checkpoint_dir",
            "there-is-no-such-model");

    assertThat(run.err())
        .contains("warning: --gpt_attention_plugin is ignored")
        .contains("warning: --remove_input_padding is ignored")
        .doesNotContain("--tp_size", "--tp-size");
    assertThat(run.exitCode()).isNotEqualTo(2);
  }

  @Test
  void anErrorIsAJsonObjectWhereOneIsWanted() {
    CapturedConsole run = CapturedConsole.run("trtllm-build", "--json");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).startsWith("{\"error\":{\"code\":\"usage\"").contains("\"exit_code\":2");
  }

  @Test
  void theManualPageAndTheCompletionComeFromTheSameOptions() {
    assertThat(CapturedConsole.run("trtllm-run", "--man").out())
        .startsWith(".TH \"TRTLLM-RUN\" 1")
        .contains("\\-\\-max_output_len N");
    assertThat(CapturedConsole.run("trtllm-run", "--generate_completion").out())
        .contains("--max_output_len");
  }
}
