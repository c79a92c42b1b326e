package dev.lathe.tests.layout;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/// Cuts the experts of a layer into the ranks of a parallel model, and tells of them in the
/// configuration.
///
/// @param module that holds the router and the experts, within a layer
/// @param names of gate, up and down
/// @param shards ranks that share a layer
/// @param groups of ranks that share the experts
record ExpertConversion(
    JsonObject source,
    Map<String, HeldTensor> tensors,
    String module,
    List<String> names,
    int shards,
    int groups) {

  /// Empty for a model without experts.
  static Optional<ExpertConversion> of(PlainCheckpoint model, int shards, int groups) {
    boolean mixtral = model.architecture().startsWith("Mixtral");
    if (!mixtral && !model.architecture().contains("Moe")) {
      return Optional.empty();
    }
    return Optional.of(
        new ExpertConversion(
            model.config(),
            model.tensors(),
            mixtral ? "block_sparse_moe" : "mlp",
            mixtral ? List.of("w1", "w3", "w2") : List.of("gate_proj", "up_proj", "down_proj"),
            shards,
            groups));
  }

  private int experts() {
    return source.get("num_local_experts").getAsInt();
  }

  private HeldTensor get(String layer, String tensor) {
    return Objects.requireNonNull(tensors.get(layer + "." + module + tensor), tensor);
  }

  private HeldTensor expert(String layer, int expert, int matrix) {
    return get(layer, ".experts." + expert + "." + names.get(matrix) + ".weight");
  }

  /// Adds what a rank holds of a layer: up above gate, beside the router in float32.
  void add(Map<String, HeldTensor> rank, String layer, String stored, int shard) {
    int parts = shards / groups;
    int part = shard / groups;
    int count = experts() / groups;
    int first = shard % groups * count;
    TreeMap<String, HeldTensor> stacks = new TreeMap<>();
    for (int i = first; i < first + count; i++) {
      HeldTensor gate = expert(layer, i, 0).rowPart(part, parts);
      HeldTensor pair = expert(layer, i, 1).rowPart(part, parts).above(gate);
      stacks.merge(stored + ".mlp.fc.weight", pair, HeldTensor::above);
      HeldTensor down = expert(layer, i, 2).columnPart(part, parts);
      stacks.merge(stored + ".mlp.proj.weight", down, HeldTensor::above);
    }
    stacks.forEach((name, stack) -> rank.put(name, stack.inStack(count)));
    rank.put(stored + ".mlp.router.weight", get(layer, ".gate.weight").inFloat32());
  }

  void configure(JsonObject config) {
    var moe = new JsonObject();
    moe.addProperty("num_experts", experts());
    moe.add("top_k", source.get("num_experts_per_tok"));
    moe.addProperty("normalization_mode", 1);
    moe.addProperty("sparse_mixer_epsilon", 0.01);
    config.add("moe", moe);
    config.addProperty("hidden_act", "swiglu");
    for (String same : List.of("moe_intermediate_size", "mlp_only_layers", "decoder_sparse_step")) {
      if (source.has(same)) {
        config.add(same, source.get(same));
      }
    }
    JsonObject mapping = config.getAsJsonObject("mapping");
    mapping.addProperty("moe_tp_size", shards / groups);
    mapping.addProperty("moe_ep_size", groups);
  }
}
