package dev.lathe.cli.run;

import dev.lathe.cli.option.ForeignFlag;
import java.util.List;
import java.util.stream.Stream;

/// Options of TensorRT-LLM's `run.py` (0.17 to 1.1) that `trtllm-run` does not have.
final class RunForeignFlags {
  private RunForeignFlags() {}

  static List<ForeignFlag> all() {
    return Stream.of(later(), refused(), ignored()).flatMap(List::stream).toList();
  }

  private static List<ForeignFlag> later() {
    return List.of(
        ForeignFlag.later("--num_beams", "beam search", "1"),
        ForeignFlag.later("--chat", "a dialogue with the model's chat template"),
        ForeignFlag.later("--length_penalty", "beam search", "1", "1.0"),
        ForeignFlag.later("--early_stopping", "beam search", "0", "1"),
        ForeignFlag.later("--beam_search_diversity_rate", "beam search", "0", "0.0"));
  }

  private static List<ForeignFlag> refused() {
    return List.of(
        ForeignFlag.refused("--lora_dir", "LoRA adapters are not supported"),
        ForeignFlag.refused("--lora_task_uids", "LoRA adapters are not supported"),
        ForeignFlag.refused("--lora_ckpt_source", "LoRA adapters are not supported"),
        ForeignFlag.refused("--prompt_table_path", "there is no prompt tuning"),
        ForeignFlag.refused("--prompt_tasks", "there is no prompt tuning"),
        ForeignFlag.refused("--draft_target_model_config", "there is no speculative decoding"),
        ForeignFlag.refused("--draft_engine_dir", "there is no speculative decoding"),
        ForeignFlag.refused("--medusa_choices", "there is no speculative decoding"),
        ForeignFlag.refused("--eagle_choices", "there is no speculative decoding"),
        ForeignFlag.refused("--lookahead_config", "there is no speculative decoding"),
        ForeignFlag.refused("--max_attention_window_size", "the window is the model's own"),
        ForeignFlag.refused("--sink_token_length", "attention sinks are not supported", "0"),
        ForeignFlag.refused("--multimodal_input_file", "there are no multimodal models"),
        ForeignFlag.refused("--tokenizer_type", "only tokenizer.json is read"),
        ForeignFlag.refused("--vocab_file", "only tokenizer.json is read"));
  }

  private static List<ForeignFlag> ignored() {
    return Stream.of(
            ForeignFlag.allIgnored(
                "there is one runtime, and it needs no session kind",
                "--use_py_session",
                "--use_mmap",
                "--gpu_weights_percent",
                "--debug_mode",
                "--save_log_file",
                "--cuda_graph_mode",
                "--multi_block_mode",
                "--enable_context_fmha_fp32_acc",
                "--max_tokens_in_paged_kv_cache",
                "--cross_kv_cache_fraction",
                "--participant_ids",
                "--tp_size"),
            ForeignFlag.allIgnored(
                "a prompt is taken as it is, with the tokenizer's own special tokens",
                "--no_prompt_template",
                "--add_special_tokens",
                "--tokenizer_revision",
                "--pad_id",
                "--start_id"),
            ForeignFlag.allIgnored(
                "the limit is the engine's own and is checked", "--max_input_length"))
        .flatMap(List::stream)
        .toList();
  }
}
