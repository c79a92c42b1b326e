package dev.lathe.tests.layout;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import dev.lathe.tests.layout.CutTable.Cut;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Cuts a checkpoint into the ranks of a parallel model, by the table of its family.
final class TableConversion {
  private static final Pattern LINE = Pattern.compile("(\\S+) > (\\S+): (\\S+)");
  private static final String NUMBER = "{}";

  private final JsonObject source;
  private final Map<String, HeldTensor> tensors;
  private final CutTable table;
  private final int shards;
  private final int stages;
  private final int layers;
  private final int heads;
  private final int keyValueHeads;

  TableConversion(
      JsonObject source, Map<String, HeldTensor> tensors, CutTable table, int shards, int stages) {
    this.source = source;
    this.tensors = tensors;
    this.table = table;
    this.shards = shards;
    this.stages = stages;
    this.layers = number("num_hidden_layers", "n_layer");
    this.heads = number("num_attention_heads", "n_head");
    this.keyValueHeads =
        number("num_key_value_heads", "num_kv_heads", "num_attention_heads", "n_head");
  }

  private int number(String... names) {
    for (String name : names) {
      if (source.has(name) && !source.get(name).isJsonNull()) {
        return source.get(name).getAsInt();
      }
    }
    throw new IllegalStateException(String.join(", ", names));
  }

  RankedCheckpoint run() {
    var result = RankedCheckpoint.empty(config(), shards * stages);
    for (String text : table.lines()) {
      Matcher line = LINE.matcher(text);
      if (!line.matches()) {
        throw new IllegalStateException(text);
      }
      add(result, line.group(1), line.group(2), Cut.valueOf(line.group(3)));
    }
    return result;
  }

  private void add(RankedCheckpoint result, String name, String stored, Cut cut) {
    if (!name.contains(NUMBER)) {
      boolean last = stored.endsWith("ln_f") || stored.equals("lm_head");
      add(result, last ? stages - 1 : 0, name, stored, cut);
      return;
    }
    for (int layer = 0; layer < layers; layer++) {
      int each = layers / stages;
      String whole = stored.contains(NUMBER) ? stored : "transformer.layers.{}." + stored;
      String own = whole.replace(NUMBER, Integer.toString(layer % each));
      add(result, layer / each, name.replace(NUMBER, Integer.toString(layer)), own, cut);
    }
  }

  private void add(RankedCheckpoint result, int stage, String name, String stored, Cut cut) {
    for (String kind : List.of(".weight", ".bias")) {
      HeldTensor tensor = tensors.get(name + kind);
      if (tensor == null) {
        continue;
      }
      for (int shard = 0; shard < shards; shard++) {
        Map<String, HeldTensor> rank = result.ranks().get(stage * shards + shard);
        HeldTensor part = part(tensor, cut, shard, kind.equals(".bias"));
        rank.merge(stored + kind, part, HeldTensor::above);
      }
    }
  }

  private HeldTensor part(HeldTensor all, Cut cut, int shard, boolean bias) {
    return switch (cut) {
      case WHOLE -> all;
      case ROWS, QUERY -> all.rowPart(shard, shards);
      case KEY, VALUE -> shared(all, shard);
      case COLUMNS -> bias ? all : all.columnPart(shard, shards);
      case COLUMNS_ONE_BIAS ->
          bias
              ? shard == 0
                  ? all
                  : new HeldTensor(all.dtype(), all.shape(), new byte[all.bytes().length])
              : all.columnPart(shard, shards);
      case VOCABULARY -> all.padded(shards).rowPart(shard, shards);
      case GROUPED -> grouped(all, shard);
      case STACKED -> stacked(all, shard);
      case SWAPPED ->
          all.rowPart(1, 2).rowPart(shard, shards).above(all.rowPart(0, 2).rowPart(shard, shards));
      case BEHIND_TWO -> all.rows(2, all.rows());
      case ONE_ADDED -> all.plus(1);
    };
  }

  /// The KV heads of a rank; one that it shares with others, if there are fewer than ranks.
  private HeldTensor shared(HeldTensor all, int shard) {
    return keyValueHeads >= shards
        ? all.rowPart(shard, shards)
        : all.rowPart(shard * keyValueHeads / shards, keyValueHeads);
  }

  private HeldTensor grouped(HeldTensor all, int shard) {
    int group = heads / keyValueHeads;
    int size = all.rows() / (keyValueHeads * (group + 2));
    Map<Integer, HeldTensor> sorted = new TreeMap<>();
    for (int head = 0; head < keyValueHeads; head++) {
      HeldTensor own = all.rowPart(head, keyValueHeads);
      sorted.merge(0, own.rows(0, group * size), HeldTensor::above);
      sorted.merge(1, own.rows(group * size, (group + 1) * size), HeldTensor::above);
      sorted.merge(2, own.rows((group + 1) * size, (group + 2) * size), HeldTensor::above);
    }
    List<HeldTensor> parts = List.copyOf(sorted.values());
    return parts
        .get(0)
        .rowPart(shard, shards)
        .above(shared(parts.get(1), shard))
        .above(shared(parts.get(2), shard));
  }

  private HeldTensor stacked(HeldTensor all, int shard) {
    int size = all.rows() / (heads + 2 * keyValueHeads);
    int keys = heads * size;
    int values = keys + keyValueHeads * size;
    return all.rows(0, keys)
        .rowPart(shard, shards)
        .above(shared(all.rows(keys, values), shard))
        .above(shared(all.rows(values, all.rows()), shard));
  }

  private JsonObject config() {
    var config = new JsonObject();
    config.add("architecture", source.getAsJsonArray("architectures").get(0));
    config.addProperty("num_hidden_layers", layers);
    config.addProperty("num_attention_heads", heads);
    config.addProperty("hidden_size", number("hidden_size", "n_embd"));
    for (String positions : List.of("max_position_embeddings", "n_positions")) {
      if (source.has(positions)) {
        config.add("max_position_embeddings", source.get(positions));
      }
    }
    table.commonFields().forEach((from, to) -> config.add(to, source.get(from)));
    table.fields().forEach((from, to) -> config.add(to, source.get(from)));
    new Gson().toJsonTree(table.values()).getAsJsonObject().asMap().forEach(config::add);
    var mapping = new JsonObject();
    mapping.addProperty("world_size", shards * stages);
    mapping.addProperty("tp_size", shards);
    mapping.addProperty("pp_size", stages);
    config.add("mapping", mapping);
    return config;
  }
}
