package dev.lathe.frontend.checkpoint;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/// The safetensors files of a checkpoint, found in its directory and mapped, and the tensors in
/// them.
final class TensorFiles {
  private static final String SINGLE_FILE = "model.safetensors";
  private static final int NAMES_IN_ERROR = 20;

  private final CheckpointDirectory directory;
  private final Arena arena;
  private final SortedMap<String, TensorEntry> tensors = new TreeMap<>();
  private final Map<String, Shard> shards = new HashMap<>();
  private final SortedMap<Integer, RankFile> ranks = new TreeMap<>();
  private final List<FileStamp> stamps = new ArrayList<>();

  /// @param arena that the files are mapped into
  TensorFiles(CheckpointDirectory directory, Arena arena) {
    this.directory = directory;
    this.arena = arena;
  }

  /// As the Hugging Face library does: the single file if it is there, else the index. Where there
  /// is neither, the files of ranks.
  void mapAll() throws IOException {
    if (directory.contains(SINGLE_FILE)) {
      map(SINGLE_FILE);
    } else if (directory.contains(ShardIndex.FILE_NAME)) {
      mapIndexed();
    } else {
      mapRanks();
    }
  }

  private void mapIndexed() throws IOException {
    byte[] text = directory.read(ShardIndex.FILE_NAME, ShardIndex.MAX_BYTES);
    var index = ShardIndex.parse(directory.label(ShardIndex.FILE_NAME), text);
    for (String shard : index.shards()) {
      map(shard);
    }
    checkAgainst(index);
  }

  private void mapRanks() throws IOException {
    for (String name : directory.names()) {
      RankFile.of(name).ifPresent(file -> ranks.put(file.rank(), file));
    }
    if (ranks.isEmpty()) {
      throw noWeights();
    }
    for (RankFile file : ranks.values()) {
      map(file.fileName(), file::qualified);
    }
  }

  /// Maps one file, whose tensors keep their names.
  void map(String name) throws IOException {
    map(name, tensor -> tensor);
  }

  /// @param naming makes the name of a tensor of the name in the file
  private void map(String name, UnaryOperator<String> naming) throws IOException {
    Shard shard;
    try (var channel = directory.open(name)) {
      stamps.add(FileStamp.of(directory.path().resolve(name)));
      shard = Shard.map(directory.label(name), channel, arena);
    }
    shards.put(shard.file(), shard);
    for (TensorEntry tensor : shard.tensors()) {
      String tensorName = naming.apply(tensor.name());
      TensorEntry other = tensors.put(tensorName, tensor.renamed(tensorName));
      if (other != null) {
        throw new CheckpointException(
            CheckpointError.TENSOR_IN_TWO_SHARDS,
            shard.file() + ": tensor '" + tensor.name() + "' is also in " + other.file());
      }
    }
  }

  private void checkAgainst(ShardIndex index) {
    index
        .shardOf()
        .forEach((tensor, file) -> {
          TensorEntry entry = tensors.get(tensor);
          if (entry == null || !entry.file().equals(directory.label(file))) {
            throw new CheckpointException(
                CheckpointError.INDEX_TENSOR_MISSING,
                index.file() + ": tensor '" + tensor + "' is not in " + file);
          }
        });
  }

  private CheckpointException noWeights() throws IOException {
    List<String> names = directory.names();
    String some = String.join(", ", names.subList(0, Math.min(names.size(), NAMES_IN_ERROR)));
    return new CheckpointException(
        CheckpointError.NO_WEIGHTS,
        directory.path()
            + ": neither "
            + SINGLE_FILE
            + ", "
            + ShardIndex.FILE_NAME
            + " nor "
            + new RankFile(0).fileName()
            + "; there "
            + (names.isEmpty() ? "is nothing" : "is: " + some));
  }

  /// All tensors, by name, sorted.
  SortedMap<String, TensorEntry> tensors() {
    return Collections.unmodifiableSortedMap(tensors);
  }

  /// Ranks of the files of ranks; none if there are no such files.
  SortedSet<Integer> ranks() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(ranks.keySet()));
  }

  /// The bytes of one of the tensors.
  MemorySegment bytes(TensorEntry tensor) {
    return requireNonNull(shards.get(tensor.file())).bytes(tensor);
  }

  /// Checks that no file was written to since it was mapped.
  void checkUnchanged() {
    stamps.forEach(FileStamp::check);
  }
}
