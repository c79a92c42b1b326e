package dev.lathe.cli.build;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lathe.cli.console.Amounts;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Plan;
import dev.lathe.frontend.ImportedModel;
import dev.lathe.passes.explain.MemoryText;
import dev.lathe.passes.plan.CompiledModel;

/// What `--dry_run` prints: the resolved configuration, and where the memory will go.
final class DryRunReport {
  private DryRunReport() {}

  static String text(ImportedModel model, CompiledModel compiled, boolean asJson) {
    return asJson ? json(model, compiled) + "\n" : text(model, compiled);
  }

  private static String text(ImportedModel model, CompiledModel compiled) {
    Manifest.Limits limits = compiled.limits();
    StringBuilder text = new StringBuilder();
    text.append("model     ").append(model.config().architecture()).append(", ");
    text.append(Amounts.count(compiled.parameters())).append(" parameters, ");
    text.append(EngineConfig.name(model.dtype())).append('\n');
    text.append("target    ").append(compiled.target()).append('\n');
    text.append("limits    max_batch_size ").append(limits.maxBatchSize());
    text.append(", max_seq_len ").append(limits.maxSequenceLength());
    text.append(", max_input_len ").append(limits.maxInputLength());
    text.append(", max_num_tokens ").append(limits.maxTokens());
    text.append(", tokens_per_block ").append(compiled.kvCache().tokensPerBlock()).append("\n\n");
    return text.append(MemoryText.of(compiled)).toString();
  }

  private static long arenaBytes(CompiledModel compiled) {
    return compiled.plans().stream().mapToLong(Plan::arenaBytes).max().orElse(0);
  }

  private static long tokenBytes(CompiledModel compiled) {
    return compiled.kvCache().blockBytes() / compiled.kvCache().tokensPerBlock();
  }

  private static JsonObject json(ImportedModel model, CompiledModel compiled) {
    Manifest.Limits limits = compiled.limits();
    JsonObject json = new JsonObject();
    json.addProperty("architecture", model.config().architecture());
    json.addProperty("dtype", EngineConfig.name(model.dtype()));
    json.addProperty("target", compiled.target());
    json.addProperty("parameters", compiled.parameters());
    json.addProperty("max_batch_size", limits.maxBatchSize());
    json.addProperty("max_seq_len", limits.maxSequenceLength());
    json.addProperty("max_input_len", limits.maxInputLength());
    json.addProperty("max_num_tokens", limits.maxTokens());
    json.addProperty("weight_bytes", compiled.weightBytes());
    json.addProperty("kv_bytes_per_token", tokenBytes(compiled));
    json.addProperty("arena_bytes", arenaBytes(compiled));
    JsonArray plans = new JsonArray();
    for (Plan plan : compiled.plans()) {
      JsonObject one = new JsonObject();
      one.addProperty("plan", plan.profile().name());
      one.addProperty("arena_bytes", plan.arenaBytes());
      one.addProperty("steps", plan.steps().size());
      plans.add(one);
    }
    json.add("plans", plans);
    return json;
  }
}
