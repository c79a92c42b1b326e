package dev.lathe.cli.build;

import dev.lathe.cli.option.ForeignFlag;
import java.util.List;
import java.util.stream.Stream;

/// Options of TensorRT-LLM's `trtllm-build` (0.17 to 1.1) that this one does not have.
final class BuildForeignFlags {
  private static final String KERNELS = "kernels are chosen for each step by the compiler";

  private BuildForeignFlags() {}

  static List<ForeignFlag> all() {
    return Stream.of(later(), refused(), kernels(), memory(), others())
        .flatMap(List::stream)
        .toList();
  }

  private static List<ForeignFlag> later() {
    return List.of(
        ForeignFlag.later("--max_beam_width", "beam search", "1"),
        ForeignFlag.later("--tp_size", "tensor parallelism over several GPUs", "1"),
        ForeignFlag.later("--pp_size", "pipeline parallelism over several GPUs", "1"),
        ForeignFlag.later("--quant", "quantization", "none"),
        ForeignFlag.later("--qformat", "quantization", "none", "full_prec"),
        ForeignFlag.later("--kv_cache_dtype", "8-bit KV caches", "auto"),
        ForeignFlag.later("--calib_dataset", "calibration for quantization"),
        ForeignFlag.later("--calib_size", "calibration for quantization"),
        ForeignFlag.later("--calib_max_seq_length", "calibration for quantization"),
        ForeignFlag.later("--strip_plan", "engines without weights"),
        ForeignFlag.later("--weight_streaming", "weights larger than the GPU's memory"));
  }

  private static List<ForeignFlag> refused() {
    return List.of(
        ForeignFlag.refused("--model_cls_file", "models are not defined in Python here"),
        ForeignFlag.refused("--model_cls_name", "models are not defined in Python here"),
        ForeignFlag.refused("--lora_dir", "LoRA adapters are not supported; merge them before"),
        ForeignFlag.refused("--lora_ckpt_source", "LoRA adapters are not supported"),
        ForeignFlag.refused("--lora_target_modules", "LoRA adapters are not supported"),
        ForeignFlag.refused("--max_lora_rank", "LoRA adapters are not supported", "64"),
        ForeignFlag.refused("--lora_plugin", "LoRA adapters are not supported", "disable"),
        ForeignFlag.refused("--max_draft_len", "there is no speculative decoding", "0"),
        ForeignFlag.refused(
            "--speculative_decoding_mode", "there is no speculative decoding", "none"),
        ForeignFlag.refused("--weight_sparsity", "structured sparsity is not used"),
        ForeignFlag.refused("--max_prompt_embedding_table_size", "there is no prompt tuning", "0"),
        ForeignFlag.refused("--max_multimodal_len", "there are no multimodal models", "0"),
        ForeignFlag.refused("--max_encoder_input_len", "there are no encoder models", "0", "1024"),
        ForeignFlag.refused("--streamingllm", "attention sinks are not supported", "disable"),
        ForeignFlag.refused("--auto_parallel", "an engine is for one GPU", "1"));
  }

  private static List<ForeignFlag> kernels() {
    return ForeignFlag.allIgnored(
        KERNELS,
        "--bert_attention_plugin",
        "--gpt_attention_plugin",
        "--gemm_plugin",
        "--gemm_swiglu_plugin",
        "--fp8_rowwise_gemm_plugin",
        "--gemm_allreduce_plugin",
        "--low_latency_gemm_plugin",
        "--low_latency_gemm_swiglu_plugin",
        "--nccl_plugin",
        "--lookup_plugin",
        "--moe_plugin",
        "--mamba_conv1d_plugin",
        "--smooth_quant_gemm_plugin",
        "--layernorm_quantization_plugin",
        "--rmsnorm_quantization_plugin",
        "--weight_only_groupwise_quant_matmul_plugin",
        "--weight_only_quant_matmul_plugin",
        "--quantize_per_token_plugin",
        "--context_fmha",
        "--bert_context_fmha_fp32_acc",
        "--use_fp8_context_fmha",
        "--fuse_fp4_quant",
        "--norm_quant_fusion",
        "--reduce_fusion",
        "--user_buffer",
        "--use_fused_mlp",
        "--pp_reduce_scatter",
        "--fast_build",
        "--opt_num_tokens",
        "--opt_batch_size",
        "--multiple_profiles",
        "--strongly_typed");
  }

  private static List<ForeignFlag> memory() {
    return Stream.concat(
            ForeignFlag.allIgnored(
                "padding is always removed and the KV cache always paged",
                "--remove_input_padding",
                "--paged_kv_cache",
                "--paged_state",
                "--use_paged_context_fmha")
                .stream(),
            ForeignFlag.allIgnored(
                "logits of generated tokens can always be had", "--gather_generation_logits")
                .stream())
        .toList();
  }

  private static List<ForeignFlag> others() {
    return Stream.of(
            ForeignFlag.allIgnored(
                "no MPI and no cluster description is needed",
                "--gpus_per_node",
                "--cluster_key",
                "--builder_opt"),
            ForeignFlag.allIgnored("the summary always tells the peak memory", "--monitor_memory"),
            ForeignFlag.allIgnored(
                "--dump_ir shows what happens inside", "--enable_debug_output", "--plugin_config"))
        .flatMap(List::stream)
        .toList();
  }
}
