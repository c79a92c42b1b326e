package dev.lathe.frontend.layout;

import dev.lathe.frontend.checkpoint.Checkpoint;
import dev.lathe.frontend.checkpoint.CheckpointError;
import dev.lathe.frontend.checkpoint.CheckpointException;
import dev.lathe.frontend.checkpoint.RankFile;
import dev.lathe.frontend.checkpoint.TensorEntry;
import dev.lathe.ir.TensorLookup.Found;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/// Checks that the ranks that share a stage hold tensors of equal types and shapes, and that a
/// vector which each of them holds as a whole is the same in all, or zeros but in the first: some
/// tools let the first rank alone add a bias.
record RankAgreement(Checkpoint checkpoint, RankedConfig config) {

  /// @throws CheckpointException that lists every tensor in which a rank differs from the first
  void check() {
    List<String> differences = new ArrayList<>();
    for (int stage = 0; stage < config.ranks().stages(); stage++) {
      for (int shard = 1; shard < config.ranks().tensor(); shard++) {
        compare(
            new RankFile(config.ranks().rank(stage, 0)),
            new RankFile(config.ranks().rank(stage, shard)),
            differences);
      }
    }
    if (!differences.isEmpty()) {
      throw new CheckpointException(
          CheckpointError.RANKS_DIFFER,
          checkpoint.location() + ": " + String.join("; ", differences));
    }
  }

  private void compare(RankFile first, RankFile other, List<String> differences) {
    String prefix = first.qualified("");
    SortedMap<String, TensorEntry> tensors = checkpoint.tensors();
    for (Map.Entry<String, TensorEntry> each : tensors.tailMap(prefix).entrySet()) {
      if (!each.getKey().startsWith(prefix)) {
        break;
      }
      String own = each.getKey().substring(prefix.length());
      TensorEntry second = tensors.get(other.qualified(own));
      if (second != null) {
        compare(own, each.getValue(), second, differences);
      }
    }
  }

  private void compare(
      String own, TensorEntry first, TensorEntry second, List<String> differences) {
    String type = new Found(first.dtype(), first.shape()).text();
    String otherType = new Found(second.dtype(), second.shape()).text();
    if (!type.equals(otherType)) {
      differences.add(
          "tensor '"
              + second.name()
              + "' is "
              + otherType
              + ", but '"
              + first.name()
              + "' is "
              + type);
    } else if (isWholeVector(own, first)
        && checkpoint.tensor(first.name()).data().mismatch(checkpoint.tensor(second.name()).data())
            >= 0
        && !(own.endsWith(".bias") && isZero(checkpoint.tensor(second.name()).data()))) {
      differences.add(
          "tensor '" + second.name() + "' has other values than '" + first.name() + "'");
    }
  }

  private static boolean isZero(MemorySegment data) {
    for (long i = 0; i < data.byteSize(); i++) {
      if (data.get(ValueLayout.JAVA_BYTE, i) != 0) {
        return false;
      }
    }
    return true;
  }

  private boolean isWholeVector(String own, TensorEntry entry) {
    return entry.shape().size() == 1
        && TensorPath.of(own).stream()
            .flatMap(path ->
                config.family().stored(path).map(rule -> config.spread(rule, path.isBias())))
            .anyMatch(spread -> spread == Spread.WHOLE);
  }
}
