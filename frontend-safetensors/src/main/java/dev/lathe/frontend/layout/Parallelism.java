package dev.lathe.frontend.layout;

import dev.lathe.frontend.config.ConfigError;
import dev.lathe.frontend.config.ConfigException;
import dev.lathe.frontend.config.ConfigFields;

/// Into how many ranks a model is cut. Rank `stage * tensor + shard` holds the shard of the stage.
///
/// @param tensor ranks that share each tensor of a stage
/// @param stages of the pipeline; the layers are dealt out evenly, what is left over goes to the
///     first stages, one layer each
/// @param layers of the model, at least as many as stages
record Parallelism(int tensor, int stages, int layers) {
  static final int MAX_RANKS = 1 << 16;

  /// Reads `mapping`.
  static Parallelism read(ConfigFields config, int layers) {
    var mapping = config.object("mapping");
    int tensor = size(mapping.orElse(config), "tp_size");
    int stages = size(mapping.orElse(config), "pp_size");
    int world = size(mapping.orElse(config), "world_size");
    mapping.ifPresent(Parallelism::refuseOther);
    if ((long) tensor * stages != world) {
      throw conflict(
          config.at("mapping")
              + ": world_size must be tp_size * pp_size = "
              + (long) tensor * stages
              + ", but is "
              + world);
    }
    if (stages > layers) {
      throw conflict(
          config.at("mapping")
              + ": pp_size is "
              + stages
              + ", but there are "
              + layers
              + " layers");
    }
    return new Parallelism(tensor, stages, layers);
  }

  private static int size(ConfigFields mapping, String field) {
    return mapping.integer(field, 1, MAX_RANKS).orElse(1);
  }

  private static void refuseOther(ConfigFields mapping) {
    if (size(mapping, "cp_size") != 1) {
      throw mapping.unsupported("cp_size", Integer.toString(size(mapping, "cp_size")), "1");
    }
    if (mapping.flag("auto_parallel").orElse(false)) {
      throw mapping.unsupported("auto_parallel", "true", "false");
    }
  }

  static ConfigException conflict(String sentence) {
    return new ConfigException(ConfigError.CONFLICT, sentence);
  }

  int ranks() {
    return tensor * stages;
  }

  int rank(int stage, int shard) {
    return stage * tensor + shard;
  }

  /// The first layer of a stage; for the count of stages, the count of layers.
  int firstLayer(int stage) {
    return stage * (layers / stages) + Math.min(stage, layers % stages);
  }

  /// The stage that holds a layer of the model.
  int stageOf(int layer) {
    int stage = stages - 1;
    while (firstLayer(stage) > layer) {
      stage--;
    }
    return stage;
  }
}
