package dev.lathe.frontend.checkpoint;

import static java.util.Objects.requireNonNull;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import dev.lathe.engine.weight.TensorSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/// A checkpoint: tensors of one or many safetensors files, mapped, and the small files beside them.
/// Opening checks every header; it reads no tensor.
///
/// In the Hugging Face layout a tensor has the name that its file gives it. In the TensorRT-LLM
/// layout, where files hold parts of tensors under one name, the name of the file comes before it:
/// `rank1/lm_head.weight`.
///
/// Tensors' bytes are valid until [#close()]. They are aligned to nothing: read them with unaligned
/// layouts. Safe for use by many threads.
public final class Checkpoint implements TensorSource, AutoCloseable {
  private static final String SINGLE_FILE = "model.safetensors";
  private static final int NAMES_IN_ERROR = 20;

  private final Path location;
  private final CheckpointDirectory directory;
  private final Arena arena;
  private final Optional<TemporaryDirectory> temporary;
  private final SortedMap<String, TensorEntry> tensors = new TreeMap<>();
  private final Map<String, Shard> shards = new HashMap<>();
  private final SortedMap<Integer, RankFile> ranks = new TreeMap<>();
  private final List<FileStamp> stamps = new ArrayList<>();

  private Checkpoint(
      Path location,
      CheckpointDirectory directory,
      Arena arena,
      Optional<TemporaryDirectory> temporary) {
    this.location = location;
    this.directory = directory;
    this.arena = arena;
    this.temporary = temporary;
  }

  /// Opens a directory or an archive with [CheckpointOptions#DEFAULT].
  public static Checkpoint open(Path location) {
    return open(location, CheckpointOptions.DEFAULT);
  }

  /// Opens a directory, or a `.tar`, `.tar.gz`, `.tgz` or `.zip` of one. An archive is unpacked
  /// into a temporary directory that [#close()] deletes.
  ///
  /// @throws CheckpointException if anything about it is bad
  /// @throws LatheException with the code `checkpoint-io` if it cannot be read
  public static Checkpoint open(Path location, CheckpointOptions options) {
    try {
      if (!Files.exists(location)) {
        throw new CheckpointException(
            CheckpointError.NOT_FOUND, location + ": there is no such file or directory");
      }
      if (Files.isDirectory(location)) {
        var directory = CheckpointDirectory.of(location, options.allowLinks());
        return load(location, directory, Optional.empty(), Checkpoint::mapShards);
      }
      return unpack(location, options);
    } catch (IOException e) {
      throw new LatheException(
          ExitCode.FAILURE,
          "checkpoint-io",
          location + ": cannot be read: " + e,
          "check the permissions and the disk",
          e);
    }
  }

  /// Opens one safetensors file of any name, as a checkpoint without an index. The small files
  /// beside it are those of its directory.
  ///
  /// @throws CheckpointException if anything about it is bad
  public static Checkpoint openFile(Path file) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      throw new CheckpointException(
          CheckpointError.NOT_FOUND, file + ": there is no such directory");
    }
    var directory = CheckpointDirectory.of(parent, false);
    String name = file.getFileName().toString();
    return load(file, directory, Optional.empty(), checkpoint -> checkpoint.mapShard(name));
  }

  private static Checkpoint unpack(Path archive, CheckpointOptions options) throws IOException {
    if (!Files.isRegularFile(archive)) {
      throw new CheckpointException(
          CheckpointError.NOT_A_DIRECTORY, archive + ": neither a directory nor a file");
    }
    ArchiveKind kind = ArchiveKind.of(archive);
    TemporaryDirectory temporary = TemporaryDirectory.create(options.temporaryParent());
    try {
      new ArchiveExtractor(archive, temporary.path(), options.maxArchiveBytes()).extract(kind);
      var directory = CheckpointDirectory.of(root(temporary.path()), false);
      return load(archive, directory, Optional.of(temporary), Checkpoint::mapShards);
    } catch (Throwable e) {
      temporary.closeAfter(e);
      throw e;
    }
  }

  /// The directory itself, or its one subdirectory if there is nothing else: archives are made
  /// either way.
  private static Path root(Path unpacked) throws IOException {
    try (var entries = Files.list(unpacked)) {
      List<Path> all = entries.toList();
      boolean nested =
          all.size() == 1 && Files.isDirectory(all.getFirst(), LinkOption.NOFOLLOW_LINKS);
      return nested ? all.getFirst() : unpacked;
    }
  }

  /// What finds the tensors of a checkpoint that is being opened.
  private interface Mapping {
    void map(Checkpoint checkpoint) throws IOException;
  }

  @SuppressWarnings("MustBeClosedChecker") // the checkpoint owns the arena and closes it
  private static Checkpoint load(
      Path location,
      CheckpointDirectory directory,
      Optional<TemporaryDirectory> temporary,
      Mapping mapping)
      throws IOException {
    Arena arena = Arena.ofShared();
    try {
      var checkpoint = new Checkpoint(location, directory, arena, temporary);
      mapping.map(checkpoint);
      return checkpoint;
    } catch (Throwable e) {
      arena.close();
      throw e;
    }
  }

  /// As the Hugging Face library does: the single file if it is there, else the index. Where there
  /// is neither, the files of ranks.
  private void mapShards() throws IOException {
    if (directory.contains(SINGLE_FILE)) {
      mapShard(SINGLE_FILE);
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
      mapShard(shard);
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
      mapShard(file.fileName(), file::qualified);
    }
  }

  private void mapShard(String name) throws IOException {
    mapShard(name, tensor -> tensor);
  }

  /// @param naming makes the name of a tensor of the name in the file
  private void mapShard(String name, UnaryOperator<String> naming) throws IOException {
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

  /// Where the checkpoint was opened: names it in messages.
  public Path location() {
    return location;
  }

  /// All tensors, by name, sorted.
  public SortedMap<String, TensorEntry> tensors() {
    return Collections.unmodifiableSortedMap(tensors);
  }

  /// Ranks of the files of the TensorRT-LLM layout; none in the Hugging Face layout.
  public SortedSet<Integer> ranks() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(ranks.keySet()));
  }

  /// Bytes of all tensors.
  public long tensorBytes() {
    return tensors.values().stream().mapToLong(TensorEntry::bytes).sum();
  }

  @Override
  public SourceTensor tensor(String name) {
    TensorEntry entry = tensors.get(name);
    if (entry == null) {
      throw new NoSuchElementException(location + " has no tensor " + name);
    }
    Shard shard = requireNonNull(shards.get(entry.file()));
    return new SourceTensor(entry.dtype(), entry.shape(), shard.bytes(entry));
  }

  /// The bytes of a small file beside the tensors; empty if it is not there.
  ///
  /// @throws CheckpointException if it is larger than [CheckpointFile#maxBytes()], or no plain file
  public Optional<byte[]> file(CheckpointFile file) {
    try {
      return directory.contains(file.fileName())
          ? Optional.of(directory.read(file.fileName(), file.maxBytes()))
          : Optional.empty();
    } catch (IOException e) {
      throw new LatheException(
          ExitCode.FAILURE,
          "checkpoint-io",
          directory.label(file.fileName()) + ": cannot be read: " + e,
          "check the permissions and the disk",
          e);
    }
  }

  /// The files of the tokenizer that are there, by name, sorted.
  public SortedMap<String, byte[]> tokenizerFiles() {
    SortedMap<String, byte[]> files = new TreeMap<>();
    for (CheckpointFile file : CheckpointFile.TOKENIZER) {
      file(file).ifPresent(bytes -> files.put(file.fileName(), bytes));
    }
    return files;
  }

  /// Checks that no shard was written to since it was opened: mapped bytes would be a mixture. Call
  /// it when all tensors have been read.
  public void checkUnchanged() {
    stamps.forEach(FileStamp::check);
  }

  /// Unmaps the tensors and deletes what was unpacked.
  @Override
  public void close() {
    arena.close();
    temporary.ifPresent(TemporaryDirectory::close);
  }
}
