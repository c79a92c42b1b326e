package dev.lathe.cli.bench;

import dev.lathe.cli.option.ForeignFlag;
import java.util.List;
import java.util.stream.Stream;

/// Options of TensorRT-LLM's `trtllm-bench` (0.17 to 1.1) that Lathe's does not have.
final class BenchForeignFlags {
  private BenchForeignFlags() {}

  /// Those before the subcommand.
  static List<ForeignFlag> ofAll() {
    return ForeignFlag.allIgnored(
        "the engine holds model and tokenizer", "--model", "-m", "--model_path", "--workspace");
  }

  /// Those of `latency` and `throughput`.
  static List<ForeignFlag> ofServing() {
    return Stream.of(
            List.of(
                ForeignFlag.ignored("--backend", "there is one runtime"),
                ForeignFlag.ignored("--modality", "there are no multimodal models"),
                ForeignFlag.ignored("--eos_id", "every request runs to its full length"),
                ForeignFlag.ignored("--enable_chunked_context", "it is always on"),
                ForeignFlag.later("--beam_width", "beam search", "1"),
                ForeignFlag.later("--tp", "several GPUs", "1"),
                ForeignFlag.later("--pp", "several GPUs", "1"),
                ForeignFlag.later("--ep", "several GPUs", "1"),
                ForeignFlag.refused("--medusa_choices", "there is no speculative decoding"),
                ForeignFlag.refused("--extra_llm_api_options", "there is no such file of options"),
                ForeignFlag.refused("--sampler_options", "tokens are chosen greedily")),
            ForeignFlag.allIgnored(
                "the limits are those that the engine was built with",
                "--max_batch_size",
                "--max_num_tokens",
                "--max_seq_len",
                "--max_input_len",
                "--target_input_len",
                "--target_output_len"))
        .flatMap(List::stream)
        .toList();
  }

  /// Those of `prepare-dataset`.
  static List<ForeignFlag> ofDatasets() {
    return List.of(
        ForeignFlag.ignored("--tokenizer", "--engine_dir or --vocab_size say which ids there are"));
  }
}
