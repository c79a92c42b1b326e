package dev.lathe.frontend.checkpoint;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import dev.lathe.engine.weight.TensorSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

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
  private final Path location;
  private final CheckpointDirectory directory;
  private final Arena arena;
  private final Optional<TemporaryDirectory> temporary;
  private final TensorFiles files;

  private Checkpoint(
      Path location,
      CheckpointDirectory directory,
      Arena arena,
      Optional<TemporaryDirectory> temporary) {
    this.location = location;
    this.directory = directory;
    this.arena = arena;
    this.temporary = temporary;
    this.files = new TensorFiles(directory, arena);
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
        return load(location, directory, Optional.empty(), TensorFiles::mapAll);
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
    return load(file, directory, Optional.empty(), files -> files.map(name));
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
      return load(archive, directory, Optional.of(temporary), TensorFiles::mapAll);
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
    void map(TensorFiles files) throws IOException;
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
      mapping.map(checkpoint.files);
      return checkpoint;
    } catch (Throwable e) {
      arena.close();
      throw e;
    }
  }

  /// Where the checkpoint was opened: names it in messages.
  public Path location() {
    return location;
  }

  /// All tensors, by name, sorted.
  public SortedMap<String, TensorEntry> tensors() {
    return files.tensors();
  }

  /// Ranks of the files of the TensorRT-LLM layout; none in the Hugging Face layout.
  public SortedSet<Integer> ranks() {
    return files.ranks();
  }

  /// Bytes of all tensors.
  public long tensorBytes() {
    return tensors().values().stream().mapToLong(TensorEntry::bytes).sum();
  }

  @Override
  public SourceTensor tensor(String name) {
    TensorEntry entry = tensors().get(name);
    if (entry == null) {
      throw new NoSuchElementException(location + " has no tensor " + name);
    }
    return new SourceTensor(entry.dtype(), entry.shape(), files.bytes(entry));
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
    SortedMap<String, byte[]> found = new TreeMap<>();
    for (CheckpointFile file : CheckpointFile.TOKENIZER) {
      file(file).ifPresent(bytes -> found.put(file.fileName(), bytes));
    }
    return found;
  }

  /// Checks that no shard was written to since it was opened: mapped bytes would be a mixture.
  @Override
  public void checkUnchanged() {
    files.checkUnchanged();
  }

  /// Unmaps the tensors and deletes what was unpacked.
  @Override
  public void close() {
    arena.close();
    temporary.ifPresent(TemporaryDirectory::close);
  }
}
