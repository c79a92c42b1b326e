package dev.lathe.engine.file;

import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.WeightEntry;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// An open engine file, mapped into memory. Segments are read-only and end with [#close()]: to
/// touch one later is an [IllegalStateException]. Safe for use by many threads.
public final class EngineFile implements AutoCloseable {
  private final Path path;
  private final Manifest manifest;
  private final List<Plan> plans;
  private final Map<String, MemorySegment> entries;
  private final Arena arena;

  private EngineFile(
      Path path,
      Manifest manifest,
      List<Plan> plans,
      Map<String, MemorySegment> entries,
      Arena arena) {
    this.path = path;
    this.manifest = manifest;
    this.plans = List.copyOf(plans);
    this.entries = Map.copyOf(entries);
    this.arena = arena;
  }

  /// Maps a verified file. The arena is closed by [#close()], or here if the file cannot be mapped.
  @SuppressWarnings("MustBeClosedChecker")
  static EngineFile map(
      Path path,
      FileChannel channel,
      Manifest manifest,
      List<Plan> plans,
      List<ZipDirectory.Entry> entries)
      throws IOException {
    Arena arena = Arena.ofShared();
    try {
      MemorySegment file = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      Map<String, MemorySegment> segments = new HashMap<>();
      entries.forEach(
          entry -> segments.put(entry.name(), file.asSlice(entry.offset(), entry.bytes())));
      return new EngineFile(path, manifest, plans, segments, arena);
    } catch (IOException | RuntimeException | Error problem) {
      arena.close();
      throw problem;
    }
  }

  /// The file.
  public Path path() {
    return path;
  }

  public Manifest manifest() {
    return manifest;
  }

  /// Plans in the order in which a batch tries them.
  public List<Plan> plans() {
    return plans;
  }

  /// Text of the graph that was lowered.
  public String graph() {
    return text(EntryNames.GRAPH);
  }

  /// JSON object that tells where the engine came from.
  public String provenance() {
    return text(EntryNames.PROVENANCE);
  }

  /// One JSON object a line: how kernels were chosen. May be empty.
  public String tuning() {
    return text(EntryNames.TUNING);
  }

  /// Bytes of one weight, row-major, little-endian, in the dtype of its entry; aligned to 256
  /// bytes.
  public MemorySegment weight(WeightEntry weight) {
    return entry(EntryNames.weights(weight.segment())).asSlice(weight.offset(), weight.bytes());
  }

  /// PTX text of a kernel, UTF-8, without a terminating zero.
  public MemorySegment ptx(String kernel) {
    return entry(EntryNames.ptx(kernel));
  }

  /// Machine code of a kernel whose entry says that there is some.
  public MemorySegment cubin(String kernel) {
    return entry(EntryNames.cubin(kernel));
  }

  /// Contents of the tokenizer files by file name: `tokenizer.json`.
  public SortedMap<String, MemorySegment> tokenizer() {
    SortedMap<String, MemorySegment> files = new TreeMap<>();
    entries.forEach((name, bytes) -> {
      if (name.startsWith(EntryNames.TOKENIZER)) {
        files.put(name.substring(EntryNames.TOKENIZER.length()), bytes);
      }
    });
    return files;
  }

  /// The payload of any entry but the manifest.
  ///
  /// @throws IllegalStateException if there is none of this name
  public MemorySegment entry(String name) {
    MemorySegment bytes = entries.get(name);
    if (bytes == null) {
      throw new IllegalStateException("the engine has no entry " + name);
    }
    return bytes;
  }

  private String text(String name) {
    return new String(entry(name).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
  }

  /// Unmaps the file.
  @Override
  public void close() {
    arena.close();
  }
}
