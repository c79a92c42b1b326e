package dev.lathe.cli.build;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.frontend.config.ModelConfig;
import dev.lathe.passes.plan.CompiledModel;

/// `config.json` of an engine directory, in the words of TensorRT-LLM: what the model is, and what
/// the engine was built for. Tools read it; the runtime does not.
final class EngineConfig {
  private static final Gson PRETTY =
      new GsonBuilder().setPrettyPrinting().serializeNulls().create();

  private EngineConfig() {}

  static String text(String version, ModelConfig model, DType dtype, CompiledModel compiled) {
    JsonObject json = new JsonObject();
    json.addProperty("version", version);
    json.add("pretrained_config", pretrained(model, dtype));
    json.add("build_config", build(compiled));
    return PRETTY.toJson(json) + "\n";
  }

  private static JsonObject pretrained(ModelConfig model, DType dtype) {
    JsonObject json = new JsonObject();
    json.addProperty("architecture", model.architecture());
    json.addProperty("dtype", name(dtype));
    json.addProperty("logits_dtype", "float32");
    json.addProperty("vocab_size", model.vocabularySize());
    json.addProperty("hidden_size", model.hiddenSize());
    json.addProperty("intermediate_size", model.intermediateSize());
    json.addProperty("num_hidden_layers", model.layers());
    json.addProperty("num_attention_heads", model.heads());
    json.addProperty("num_key_value_heads", model.keyValueHeads());
    json.addProperty("head_size", model.headDim());
    json.addProperty("max_position_embeddings", model.maxPositions());
    json.addProperty("norm_epsilon", model.epsilon());
    json.addProperty("position_embedding_type", "rope_gpt_neox");
    json.add("mapping", mapping());
    JsonObject quantization = new JsonObject();
    quantization.add("quant_algo", JsonNull.INSTANCE);
    quantization.add("kv_cache_quant_algo", JsonNull.INSTANCE);
    json.add("quantization", quantization);
    return json;
  }

  private static JsonObject mapping() {
    JsonObject json = new JsonObject();
    json.addProperty("world_size", 1);
    json.addProperty("tp_size", 1);
    json.addProperty("pp_size", 1);
    return json;
  }

  private static JsonObject build(CompiledModel compiled) {
    Manifest.Limits limits = compiled.limits();
    JsonObject json = new JsonObject();
    json.addProperty("target", compiled.target());
    json.addProperty("max_batch_size", limits.maxBatchSize());
    json.addProperty("max_seq_len", limits.maxSequenceLength());
    json.addProperty("max_input_len", limits.maxInputLength());
    json.addProperty("max_num_tokens", limits.maxTokens());
    json.addProperty("max_beam_width", 1);
    json.addProperty("kv_cache_type", "PAGED");
    json.addProperty("gather_context_logits", limits.contextLogits());
    JsonObject plugins = new JsonObject();
    plugins.addProperty("paged_kv_cache", true);
    plugins.addProperty("remove_input_padding", true);
    plugins.addProperty("tokens_per_block", compiled.kvCache().tokensPerBlock());
    json.add("plugin_config", plugins);
    return json;
  }

  /// The name of a type in a checkpoint's configuration.
  static String name(DType dtype) {
    return switch (dtype) {
      case BF16 -> "bfloat16";
      case F16 -> "float16";
      case F32 -> "float32";
      default -> throw new IllegalStateException("an engine computes in " + dtype);
    };
  }
}
