"""The models of families.py: of each family two sizes or more, none of them that of a golden."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Case:
    """A random model.

    config: fields of the configuration that transformers calls `kind`
    tokens: of the prompt, or of all prompts of a mixture of experts
    step: tokens of a step; a longer prompt is computed in pieces
    head: the class that transformers builds, `lm`, `masked` or `base`
    refused: a word of the error, of a model that must end the build with exit code 4
    """

    name: str
    kind: str
    config: dict
    tokens: int = 70
    step: int = 128
    head: str = "lm"
    refused: str = ""


def decoder(hidden, heads, kv_heads, layers, vocabulary, **more):
    fields = dict(hidden_size=hidden, num_attention_heads=heads, num_key_value_heads=kv_heads,
                  num_hidden_layers=layers, vocab_size=vocabulary, intermediate_size=2 * hidden + 32,
                  max_position_embeddings=512)
    return fields | more


def older(hidden, heads, layers, vocabulary, **more):
    """As GPT-2 and GPT-J name the fields."""
    return dict(n_embd=hidden, n_head=heads, n_layer=layers, vocab_size=vocabulary, n_positions=512) | more


def rope(kind, theta=10000.0, **more):
    return dict(rope_theta=theta, rope_type=kind) | more


def long_factors(pairs, most):
    return [1 + most * i / pairs for i in range(pairs)]


LONG = dict(short_factor=long_factors(48, 0.5), long_factor=long_factors(48, 7))

CASES = [
    Case("llama", "llama", decoder(320, 4, 2, 3, 1009, head_dim=80, attention_bias=True, mlp_bias=True)),
    Case("llama-tied", "llama", decoder(512, 8, 1, 4, 777, tie_word_embeddings=True), tokens=90, step=32),
    Case("llama3", "llama", decoder(384, 6, 3, 2, 520, rope_parameters=rope(
        "llama3", 5e5, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=64))),
    Case("llama-linear", "llama", decoder(256, 4, 4, 2, 300, rope_parameters=rope("linear", factor=4.0))),
    Case("llama-yarn", "llama", decoder(256, 2, 1, 2, 300, rope_parameters=rope(
        "yarn", factor=8.0, original_max_position_embeddings=64))),
    Case("mistral", "mistral", decoder(480, 5, 1, 3, 1001, head_dim=96, sliding_window=24)),
    Case("mistral-nemo", "mistral", decoder(256, 4, 2, 3, 640, head_dim=128, sliding_window=None), step=32),
    Case("qwen2", "qwen2", decoder(320, 4, 4, 3, 999, tie_word_embeddings=True)),
    Case("qwen2-window", "qwen2", decoder(256, 4, 2, 4, 512, use_sliding_window=True, sliding_window=20,
                                          max_window_layers=2), step=32),
    Case("qwen3", "qwen3", decoder(256, 4, 2, 3, 1003, head_dim=80)),
    Case("qwen3-wide", "qwen3", decoder(512, 8, 2, 3, 600, head_dim=128, tie_word_embeddings=True), step=32),
    Case("gemma2", "gemma2", decoder(320, 4, 2, 4, 1007, head_dim=96, sliding_window=16, query_pre_attn_scalar=80)),
    Case("gemma2-wide", "gemma2", decoder(256, 2, 1, 2, 512, head_dim=256, sliding_window=33,
                                          query_pre_attn_scalar=256), step=32),
    Case("gemma3", "gemma3_text", decoder(320, 4, 2, 7, 1007, head_dim=96, sliding_window=16,
                                          query_pre_attn_scalar=96)),
    Case("gemma3-wide", "gemma3_text", decoder(256, 2, 1, 6, 512, head_dim=256, sliding_window=21,
                                               query_pre_attn_scalar=256, rope_parameters=dict(
        sliding_attention=rope("default", 1e4), full_attention=rope("linear", 1e6, factor=8.0))), step=32),
    Case("granite", "granite", decoder(320, 4, 2, 3, 1001, embedding_multiplier=12.0, logits_scaling=2.0,
                                       residual_multiplier=0.22, attention_multiplier=0.015625)),
    Case("granite-biased", "granite", decoder(256, 4, 4, 2, 512, attention_bias=True, mlp_bias=True,
                                              tie_word_embeddings=True, embedding_multiplier=6.0)),
    Case("olmo2", "olmo2", decoder(320, 4, 4, 3, 1001)),
    Case("olmo2-grouped", "olmo2", decoder(512, 8, 2, 3, 512), step=32),
    Case("starcoder2", "starcoder2", decoder(320, 4, 2, 3, 1001)),
    Case("starcoder2-window", "starcoder2", decoder(256, 4, 1, 2, 512, sliding_window=18,
                                                    tie_word_embeddings=False), step=32),
    Case("stablelm", "stablelm", decoder(320, 4, 2, 3, 1001, use_qkv_bias=True)),
    Case("stablelm-parallel", "stablelm", decoder(256, 4, 4, 2, 512, use_parallel_residual=True,
                                                  partial_rotary_factor=0.5), step=32),
    Case("phi3", "phi3", decoder(384, 4, 4, 3, 1001)),
    Case("phi3-grouped", "phi3", decoder(512, 4, 2, 2, 700, sliding_window=30, rope_parameters=rope(
        "default", partial_rotary_factor=0.75)), step=32),
    Case("phi3-longrope-short", "phi3", decoder(384, 4, 2, 2, 500, original_max_position_embeddings=128,
                                                rope_parameters=rope("longrope", **LONG)), tokens=60),
    Case("phi3-longrope-long", "phi3", decoder(384, 4, 2, 2, 500, original_max_position_embeddings=64,
                                               rope_parameters=rope("longrope", **LONG)), tokens=100),
    Case("llama-dynamic", "llama", decoder(256, 4, 2, 2, 500, rope_parameters=rope("dynamic", factor=2.0)),
         refused="rope_type"),
    Case("gpt2", "gpt2", older(320, 4, 3, 1009)),
    Case("gpt2-wide", "gpt2", older(512, 8, 4, 501, n_inner=640, activation_function="gelu"), step=32),
    Case("gptj", "gptj", older(320, 4, 3, 1009, rotary_dim=32)),
    Case("gptj-wide", "gptj", older(512, 4, 2, 501, rotary_dim=64, n_inner=640), step=32),
    Case("gpt-neox", "gpt_neox", decoder(320, 4, 4, 3, 1009)),
    Case("gpt-neox-serial", "gpt_neox", decoder(512, 8, 8, 3, 501, use_parallel_residual=False, hidden_act="gelu_fast",
                                                rope_parameters=rope("default", partial_rotary_factor=0.5)), step=32),
    Case("opt", "opt", dict(hidden_size=320, num_attention_heads=4, num_hidden_layers=3, vocab_size=1009, ffn_dim=640,
                            max_position_embeddings=256)),
    Case("opt-norms-after", "opt", dict(hidden_size=256, num_attention_heads=4, num_hidden_layers=3, vocab_size=512,
                                        ffn_dim=512, max_position_embeddings=256, do_layer_norm_before=False,
                                        word_embed_proj_dim=128), step=32),
    Case("bloom", "bloom", dict(hidden_size=320, n_head=4, n_layer=3, vocab_size=1009)),
    Case("bloom-odd", "bloom", dict(hidden_size=384, n_head=6, n_layer=2, vocab_size=512,
                                    apply_residual_connection_post_layernorm=True), step=32),
    Case("falcon", "falcon", dict(hidden_size=320, num_attention_heads=4, num_hidden_layers=3, vocab_size=1009,
                                  multi_query=True, new_decoder_architecture=False)),
    Case("falcon-grouped", "falcon", dict(hidden_size=512, num_attention_heads=8, num_kv_heads=2, num_hidden_layers=3,
                                          vocab_size=501, new_decoder_architecture=True), step=32),
    Case("falcon-rw", "falcon", dict(hidden_size=384, num_attention_heads=6, num_hidden_layers=2, vocab_size=600,
                                     multi_query=False, parallel_attn=False, alibi=True, bias=True)),
    Case("bert", "bert", decoder(320, 4, 4, 3, 1009), head="masked"),
    Case("bert-base", "bert", decoder(512, 8, 8, 3, 501), head="base"),
    Case("mixtral", "mixtral", decoder(320, 4, 2, 2, 1001, num_local_experts=8, num_experts_per_tok=2)),
    Case("mixtral-window", "mixtral", decoder(256, 4, 4, 2, 512, num_local_experts=5, num_experts_per_tok=3,
                                              sliding_window=19), step=32),
    Case("qwen3-moe", "qwen3_moe", decoder(320, 4, 2, 2, 1001, head_dim=80, moe_intermediate_size=96, num_experts=16,
                                           num_experts_per_tok=4, norm_topk_prob=True)),
    Case("qwen3-moe-mixed", "qwen3_moe", decoder(256, 4, 4, 4, 512, head_dim=64, moe_intermediate_size=64,
                                                 num_experts=8, num_experts_per_tok=2, mlp_only_layers=[1],
                                                 norm_topk_prob=False), step=32),
]
