package dev.lathe.frontend;

import dev.lathe.frontend.checkpoint.Checkpoint;
import dev.lathe.frontend.config.ModelConfig;
import dev.lathe.frontend.layout.NamedTensors;
import dev.lathe.frontend.layout.TensorComparison;
import dev.lathe.frontend.spi.ModelImporter;
import dev.lathe.ir.ModelBuilder;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/// The tensors of a checkpoint that a model does not use although it should.
record LeftOverTensors(
    Checkpoint checkpoint, NamedTensors tensors, ModelConfig config, ModelImporter importer) {
  private static final Set<String> HEADS =
      Set.of("lm_head.weight", "embed_out.weight", "cls.predictions.decoder.weight");

  /// Names of stored tensors, sorted.
  List<String> of(ModelBuilder model) {
    SortedMap<String, List<String>> stored = tensors.namesOfStored();
    Set<String> unused =
        new HashSet<>(model.unused(stored.values().stream().flatMap(List::stream).toList()));
    unused.removeIf(name -> importer.ignores(name) || isTiedHead(name));
    return stored.entrySet().stream()
        .filter(entry -> unused.containsAll(entry.getValue()))
        .map(Map.Entry::getKey)
        .toList();
  }

  /// A head that is saved although it is tied does no harm if it is the table; if it is another,
  /// the configuration is wrong.
  private boolean isTiedHead(String name) {
    return config.tiedEmbeddings()
        && HEADS.contains(name)
        && tensors.namesOfStored().values().stream()
            .flatMap(List::stream)
            .filter(other -> !HEADS.contains(other))
            .anyMatch(other -> new TensorComparison(checkpoint, tensors).areEqual(name, other));
  }
}
