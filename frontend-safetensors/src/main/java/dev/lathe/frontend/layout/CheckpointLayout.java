package dev.lathe.frontend.layout;

import dev.lathe.frontend.checkpoint.Checkpoint;
import dev.lathe.frontend.checkpoint.CheckpointError;
import dev.lathe.frontend.checkpoint.CheckpointException;
import dev.lathe.frontend.checkpoint.CheckpointFile;
import dev.lathe.frontend.checkpoint.RankFile;
import dev.lathe.frontend.config.ConfigFields;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A checkpoint in the terms of the Hugging Face layout, whatever its own layout is.
///
/// @param config as importers read it
/// @param tensors under the names that importers ask for
public record CheckpointLayout(ConfigFields config, NamedTensors tensors) {
  /// Reads the configuration, and checks that the files are those of its layout.
  ///
  /// @throws CheckpointException if files are missing, too many, or do not fit together
  /// @throws dev.lathe.frontend.config.ConfigException if the configuration is bad
  public static CheckpointLayout of(Checkpoint checkpoint) {
    String where = checkpoint.location().resolve(CheckpointFile.CONFIG.fileName()).toString();
    byte[] text =
        checkpoint
            .file(CheckpointFile.CONFIG)
            .orElseThrow(() ->
                new CheckpointException(
                    CheckpointError.FILE_MISSING,
                    checkpoint.location() + ": there is no config.json"));
    ConfigFields fields = ConfigFields.parse(where, text);
    if (RankedConfig.recognises(fields)) {
      return ranked(checkpoint, RankedConfig.read(where, text));
    }
    if (!checkpoint.ranks().isEmpty()) {
      throw new CheckpointException(
          CheckpointError.RANK_FILES,
          where + ": there are files of ranks, but this file has no field architecture");
    }
    return new CheckpointLayout(fields, new PlainTensors(checkpoint.tensors()));
  }

  /// A configuration alone, as importers read it.
  ///
  /// @param where names it in errors
  public static ConfigFields config(String where, byte[] text) {
    ConfigFields fields = ConfigFields.parse(where, text);
    if (!RankedConfig.recognises(fields)) {
      return fields;
    }
    RankedConfig ranked = RankedConfig.read(where, text);
    return ranked.translated(ranked.tied().orElse(false));
  }

  private static CheckpointLayout ranked(Checkpoint checkpoint, RankedConfig config) {
    checkRanks(checkpoint, config.ranks().ranks());
    new RankAgreement(checkpoint, config).check();
    var tensors = new RankedTensors(checkpoint.tensors(), config);
    boolean tied = config.tied().orElseGet(() -> isTied(checkpoint, config, tensors));
    return new CheckpointLayout(config.translated(tied), tensors);
  }

  /// Where the configuration does not say: without a head, or with one that is the table.
  private static boolean isTied(Checkpoint checkpoint, RankedConfig config, NamedTensors tensors) {
    Optional<String> head = config.family().head().map(module -> module + ".weight");
    return head.isEmpty() || isTied(checkpoint, config, tensors, head.get());
  }

  private static boolean isTied(
      Checkpoint checkpoint, RankedConfig config, NamedTensors tensors, String head) {
    return tensors.namesOfStored().values().stream().noneMatch(names -> names.contains(head))
        || new TensorComparison(checkpoint, tensors)
            .areEqual(head, config.family().embedding() + ".weight");
  }

  private static void checkRanks(Checkpoint checkpoint, int count) {
    SortedSet<Integer> missing = new TreeSet<>(IntStream.range(0, count).boxed().toList());
    missing.removeAll(checkpoint.ranks());
    SortedSet<Integer> others = checkpoint.ranks().tailSet(count);
    if (!missing.isEmpty() || !others.isEmpty()) {
      String sentence = missing.isEmpty() ? "there is also " : "there is no ";
      throw new CheckpointException(
          CheckpointError.RANK_FILES,
          checkpoint.location()
              + ": the mapping has "
              + count
              + " ranks, but "
              + sentence
              + (missing.isEmpty() ? others : missing)
                  .stream()
                      .map(rank -> new RankFile(rank).fileName())
                      .collect(Collectors.joining(", ")));
    }
  }
}
